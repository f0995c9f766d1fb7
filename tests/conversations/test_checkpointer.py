"""Keep few checkpoints, and do what a LangGraph server asks of a checkpointer."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import Command, interrupt

from app.conversations import open_conversations
from app.conversations.savers.postgresql_saver import SCHEMA
from app.settings import Settings

KEEP = 2


@pytest.fixture
def saver(database_url: str, data_dir: Path) -> Iterator[Any]:
    """The conversations, in each store."""
    settings = Settings(database_url=database_url, data_dir=data_dir, keep_checkpoints=KEEP)
    opened = open_conversations(settings)
    yield opened
    opened.close()


def counting(saver: Any) -> Any:
    """Return a graph of two steps that have names of ours, the second of which may ask."""
    graph = StateGraph(MessagesState)
    graph.add_node("begin_turn", lambda state: {"messages": [("ai", "one")]})
    graph.add_node("confirm", _maybe_ask)
    graph.add_edge(START, "begin_turn")
    graph.add_edge("begin_turn", "confirm")
    graph.add_edge("confirm", END)
    return graph.compile(checkpointer=saver)


def _maybe_ask(state: MessagesState) -> Any:
    if state["messages"][-2].text == "ask":
        return {"messages": [("ai", interrupt("really?"))]}
    return {}


def in_thread(thread: str, **more: Any) -> Any:
    return {"configurable": {"thread_id": thread}, **more}


def say(graph: Any, text: str, thread: str = "t") -> None:
    graph.invoke({"messages": [("user", text)]}, in_thread(thread), durability="sync")


def _ids_with_writes(saver: Any) -> set[str]:
    """Return the checkpoints of the thread for which there are writes."""
    if hasattr(saver, "cursor"):
        with saver.cursor() as cursor:
            cursor.execute("SELECT DISTINCT checkpoint_id FROM writes WHERE thread_id = 't'")
            return {row[0] for row in cursor.fetchall()}
    return {row["checkpoint_id"] for row in _rows(saver, "checkpoint_writes")}


def _rows(saver: Any, table: str) -> list[dict[str, Any]]:
    """Return the rows of the thread in a table of PostgreSQL."""
    with saver.conn.connection() as connection:
        rows = connection.execute(f"SELECT * FROM {SCHEMA}.{table} WHERE thread_id = 't'")
        return list(rows.fetchall())


def count(saver: Any, thread: str = "t") -> int:
    return len(list(saver.list(in_thread(thread))))


def test_checkpoints_of_earlier_turns_go_and_the_thread_stays_whole(saver: Any) -> None:
    graph = counting(saver)
    for turn in range(20):
        say(graph, f"hello {turn}")
        say(graph, "hi", "another")
    of_a_turn = 4
    assert count(saver) == KEEP + of_a_turn
    messages = graph.get_state(in_thread("t")).values["messages"]
    assert [m.text for m in messages if m.type == "human"] == [f"hello {n}" for n in range(20)]
    kept = {one.config["configurable"]["checkpoint_id"] for one in saver.list(in_thread("t"))}
    assert _ids_with_writes(saver) <= kept


def test_waiting_turn_keeps_its_checkpoints_and_can_be_answered(saver: Any) -> None:
    graph = counting(saver)
    for _ in range(5):
        say(graph, "hello")
    say(graph, "ask")
    for _ in range(5):
        say(graph, "elsewhere", "another")
    assert graph.get_state(in_thread("t")).interrupts
    done = graph.invoke(Command(resume="yes"), in_thread("t"), durability="sync")
    assert done["messages"][-1].text == "yes"


def test_server_may_take_back_a_run_and_prune_and_delete_threads(saver: Any) -> None:
    graph = counting(saver)
    say(graph, "hello")
    before = count(saver)
    run = in_thread("t", run_id="6f0d6d0e-2b0a-5c52-9a3c-6c1a9a1f2f6e")
    run["metadata"] = {"run_id": run["run_id"]}
    graph.invoke({"messages": [("user", "taken back")]}, run, durability="sync")
    asyncio.run(saver.adelete_for_runs([run["run_id"]]))
    assert before >= count(saver) > 0
    texts = [m.text for m in graph.get_state(in_thread("t")).values["messages"]]
    assert "taken back" not in texts
    asyncio.run(saver.aprune(["t"]))
    assert count(saver) == 1
    assert saver.forget("t") == 1
    assert count(saver) == 0
    say(graph, "hello")
    asyncio.run(saver.aprune(["t"], strategy="delete_all"))
    assert count(saver) == 0


@pytest.fixture
def busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Busy"]:
    """Conversations in a file that another program can hold."""
    saver: Any = open_conversations(Settings(data_dir=tmp_path))
    made = Busy(saver, tmp_path / "conversations.db")
    monkeypatch.setattr("app.database.sqlite.time.sleep", made.look_again)
    yield made
    saver.close()
    made.other.close()


class Busy:
    """A saver, and the other program, which lets go when it was looked at three times."""

    def __init__(self, saver: Any, file: Path) -> None:
        self.saver = saver
        self.other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self.looks = 0

    def hold(self, how: str) -> None:
        self.other.execute(f"BEGIN {how}")
        self.looks = 0

    def look_again(self, seconds: float) -> None:
        self.looks += 1
        if self.looks == 3:
            self.other.execute("COMMIT")


def test_busy_file_is_waited_for_and_no_checkpoint_lost(busy: Busy) -> None:
    busy.hold("IMMEDIATE")
    say(counting(busy.saver), "hello")
    assert busy.looks >= 3
    assert count(busy.saver) == 4


READS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "a checkpoint": (lambda saver: saver.get_tuple(in_thread("t")) is not None, True),
    "a thread's checkpoints": (count, 4),
    "the threads": (lambda saver: list(saver.thread_ids()), ["t"]),
}


@pytest.mark.parametrize("what", READS)
def test_busy_file_is_waited_for_on_reads(busy: Busy, what: str) -> None:
    say(counting(busy.saver), "hello")
    busy.saver.conn.execute("PRAGMA journal_mode = DELETE")  # in it a writer keeps readers out
    read, found = READS[what]
    busy.hold("EXCLUSIVE")
    assert read(busy.saver) == found
    assert busy.looks == 3


CHANGES: dict[str, Callable[[Any], Any]] = {
    "forget": lambda saver: saver.forget("t"),
    "keep the newest": lambda saver: saver.keep_newest("t", 1),
    "take back a run": lambda saver: saver.delete_for_runs(["r"]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_busy_file_is_waited_for_on_pruning(busy: Busy, what: str) -> None:
    say(counting(busy.saver), "hello")
    busy.saver.conn.execute("PRAGMA journal_mode = DELETE")
    busy.hold("EXCLUSIVE")
    CHANGES[what](busy.saver)
    assert busy.looks == 3


def test_blobs_of_checkpoints_that_went_go_too(postgresql_url: str) -> None:
    settings = Settings(database_url=postgresql_url, keep_checkpoints=KEEP)
    saver: Any = open_conversations(settings)
    graph = counting(saver)
    for turn in range(6):
        say(graph, f"hello {turn}")
        say(graph, "hi", "another")
    assert _blobs(saver) == _blobs_named(saver)
    run = {"run_id": "6f0d6d0e-2b0a-5c52-9a3c-6c1a9a1f2f6e"}
    taken_back = {**in_thread("t", **run), "metadata": run}
    graph.invoke({"messages": [("user", "taken back")]}, taken_back, durability="sync")
    before = _blobs(saver)
    saver.delete_for_runs([run["run_id"]])
    assert _blobs(saver) == _blobs_named(saver) < before
    saver.prune(["t"])
    assert _blobs(saver) == _blobs_named(saver)
    of_the_other = len(list(saver.list(in_thread("another"))))
    saver.forget("t")
    assert [_rows(saver, table) for table in TABLES] == [[], [], []]
    assert len(list(saver.list(in_thread("another")))) == of_the_other
    saver.close()


TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")


def _blobs(saver: Any) -> set[tuple[str, str]]:
    """Return the stored values of the thread's channels, each with its version."""
    return {(row["channel"], row["version"]) for row in _rows(saver, "checkpoint_blobs")}


def _blobs_named(saver: Any) -> set[tuple[str, str]]:
    """Return those of them that the thread's checkpoints need."""
    versions = [row["checkpoint"]["channel_versions"] for row in _rows(saver, "checkpoints")]
    return {blob for each in versions for blob in each.items()} & _blobs(saver)


class _Owned(MessagesState):
    owner: str


def test_threads_tell_whose_they_are(saver: Any) -> None:
    graph = StateGraph(_Owned)
    graph.add_node("begin_turn", lambda state: {})
    graph.add_edge(START, "begin_turn")
    owned = graph.compile(checkpointer=saver)
    for thread, owner in (("a", "ann"), ("b", "bob"), ("c", "ann")):
        owned.invoke({"messages": [], "owner": owner}, in_thread(thread))
    say(counting(saver), "hello", "nobody's")
    assert saver.threads_of("ann") == {"a", "c"}
    asyncio.run(saver.adelete_thread("a"))
    assert saver.threads_of("ann") == {"c"}
