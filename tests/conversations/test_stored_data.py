"""What is stored is data: a row that names a function doesn't call it."""

import contextlib
import dataclasses
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ormsgpack
import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Interrupt, Send

from app.conversations import ConversationSaver, open_conversations
from app.settings import Settings

CONFIG: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}
Plant = Callable[[str, bytes], None]


@pytest.fixture
def saver(database_url: str, data_dir: Path) -> Iterator[ConversationSaver]:
    opened = open_conversations(Settings(database_url=database_url, data_dir=data_dir))
    yield opened
    opened.close()


@pytest.fixture
def plant(saver: ConversationSaver) -> Plant:
    """Write bytes where the database keeps the value of a channel, as its owner could."""

    def write(kind: str, blob: bytes) -> None:
        checkpoint: Any = {
            **empty_checkpoint(),
            "channel_values": {"said": ["x"]},
            "channel_versions": {"said": "1"},
        }
        saver.put(CONFIG, checkpoint, {}, {"said": "1"})
        any_saver: Any = saver
        if hasattr(any_saver, "cursor"):
            with any_saver.cursor() as cursor:
                cursor.execute("UPDATE checkpoints SET type = ?, checkpoint = ?", (kind, blob))
        else:
            with any_saver.conn.connection() as connection:
                connection.execute(
                    "UPDATE task_relay.checkpoint_blobs SET type = %s, blob = %s", (kind, blob)
                )

    return write


def calls_of(*named: Any) -> dict[str, tuple[str, bytes]]:
    """Return a call of a function in every form that LangGraph's serializer knows."""
    packed = {code: ormsgpack.packb(list(named)) for code in range(7)}
    msgpack = {f"form {code}": ("msgpack", _extension(code, raw)) for code, raw in packed.items()}
    lc: Any = {"lc": 2, "type": "constructor", "id": named[:2], "args": named[2], "kwargs": {}}
    old = {**lc, "lc": 1, "id": ["langchain", *named[:2]]}
    return {
        **msgpack,
        "json": ("json", json.dumps(lc).encode()),
        "old json": ("json", json.dumps(old).encode()),
        "pickle": ("pickle", b"cposix\nsystem\n(S'touch owned'\ntR."),
    }


def _extension(code: int, raw: bytes) -> bytes:
    return ormsgpack.packb({"v": 1, "id": "x", "channel_values": ormsgpack.Ext(code, raw)})


FORMS = list(calls_of("os", "system", ["touch owned"], None))


@pytest.mark.parametrize("form", FORMS)
def test_row_that_names_a_function_calls_nothing(
    saver: ConversationSaver,
    plant: Plant,
    form: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for argument in ("touch owned", ["touch owned"], {"command": "touch owned"}):
        for module in ("os", os.name, "subprocess"):
            name = "getoutput" if module == "subprocess" else "system"
            kind, blob = calls_of(module, name, argument, None)[form]
            plant(kind, blob)
            try:
                saver.get_tuple(CONFIG)
                list(saver.list(CONFIG))
            except (NotImplementedError, ValueError, TypeError, KeyError, AttributeError):
                pass  # what can't be read may be refused
            assert not Path("owned").exists(), (form, module, argument)


@dataclasses.dataclass
class Dangerous:
    """A type of nobody's list, which leaves a mark when it is made."""

    path: str

    def __post_init__(self) -> None:
        Path(self.path).touch()


def test_type_that_isn_t_on_the_list_is_not_made(saver: ConversationSaver, tmp_path: Path) -> None:
    mark = tmp_path / "made"
    value = Dangerous(str(mark))
    mark.unlink()
    saver.put_writes(saver.put(CONFIG, empty_checkpoint(), {}, {}), [("x", value)], "1")
    found = saver.get_tuple(CONFIG)
    assert found is not None
    assert not mark.exists()
    assert saver.with_allowlist([(__name__, "Dangerous")]) is saver
    saver.get_tuple(CONFIG)
    assert mark.exists(), "a graph of this process named it"


def test_everything_that_our_graph_keeps_is_read_back(saver: ConversationSaver) -> None:
    state = {
        "messages": [
            HumanMessage("hi", id="1"),
            AIMessage("", tool_calls=[{"name": "x", "args": {"a": 1}, "id": "1"}]),
        ],
        "declined": {"m": {0: "no"}},
        "asked": {"answer": "m", "places": [0], "payload": {"action_requests": []}},
    }
    writes = [("messages", state), ("__interrupt__", [Interrupt("?", id="i")]), ("s", Send("n", 1))]
    saver.put_writes(saver.put(CONFIG, empty_checkpoint(), {}, {}), writes, "1")
    found = saver.get_tuple(CONFIG)
    assert found is not None
    assert {name: value for _, name, value in found.pending_writes or ()} == dict(writes)


def test_restored_file_is_read_as_data_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = open_conversations(Settings(data_dir=tmp_path / "a"))
    graph: Any = StateGraph(MessagesState).add_node("n", lambda state: {}).add_edge(START, "n")
    graph.compile(checkpointer=made).invoke({"messages": [("user", "hi")]}, CONFIG)
    any_made: Any = made
    _, blob = calls_of("os", "system", "touch owned", None)["form 0"]
    with any_made.cursor() as cursor:
        cursor.execute("UPDATE checkpoints SET type = 'msgpack', checkpoint = ?", (blob,))
        cursor.execute("UPDATE writes SET type = 'msgpack', value = ?", (blob,))
    made.close()
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    restored = open_conversations(Settings(data_dir=tmp_path / "b"))
    with contextlib.suppress(TypeError, KeyError, AttributeError):
        restored.get_tuple(CONFIG)
    assert not Path("owned").exists()
    restored.close()
