"""Remove all that is kept of a user."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from app.cli.chat.history_file import history_path
from app.settings.private_files import private_file
from tests.cli.commands.data.contents import add, titles
from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.inside import Enter
from tests.fakes.steps import says


def test_forget_removes_all_of_one_user_and_says_how_much(
    relay: Relay, gemini: GeminiServer, data_dir: Path, enter: Enter
) -> None:
    for user in ("ann", "bob"):
        add(relay, gemini, f"{user}'s", user=user)
    relay.say("in another thread", thread="work")
    relay.agent.container.recorder.close()
    refused = enter("forget", "--user", "ann")
    assert (refused.code, titles(data_dir)) == (3, ["ann's", "bob's"])
    done = enter("forget", "--user", "ann", "--yes")
    assert done.code == 0
    assert done.out.startswith("Removed of ann: 1 tasks, 1 events, 6 messages in 2 threads, ")
    assert done.out.endswith(" checkpoints, 3 model calls.\n")
    assert titles(data_dir) == ["bob's"]
    assert "no threads yet" in enter("threads", "--user", "ann").out
    gemini.plays(says("Who are you?"))
    relay.say("hello again")
    assert len(gemini.requests[-1]["body"]["contents"]) == 1
    assert "bob's" in enter("history", "--user", "bob").out
    for name in ("tasks.db", "conversations.db"):
        with closing(sqlite3.connect(data_dir / name)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
        assert b"ann's" not in (data_dir / name).read_bytes()


def test_forget_finds_threads_that_no_list_has_and_what_was_typed(
    relay: Relay, gemini: GeminiServer, data_dir: Path, enter: Enter
) -> None:
    for user in ("ann", "bob"):
        relay.say("of an older version", user=user, thread="work")
        private_file(history_path(data_dir, user))
    with closing(sqlite3.connect(data_dir / "tasks.db")) as connection:
        connection.execute("DELETE FROM task_relay_threads")
        connection.commit()
    assert enter("forget", "--user", "ann", "--yes").code == 0
    relay.say("hello", thread="work")
    assert len(gemini.requests[-1]["body"]["contents"]) == 1
    relay.say("hello", user="bob", thread="work")
    assert len(gemini.requests[-1]["body"]["contents"]) == 3
    assert [history_path(data_dir, user).exists() for user in ("ann", "bob")] == [False, True]


def test_forget_waits_for_a_short_writer_and_removes_nothing_under_a_running_turn(
    relay: Relay, data_dir: Path, enter: Enter
) -> None:
    relay.say("hello")
    (thread,) = relay.agent.container.transcript().threads("ann")
    locks = relay.agent.container.turn_locks()
    assert locks.take(thread.key)
    refused = enter("forget", "--user", "ann", "--yes")
    assert (refused.code, "nothing was removed" in refused.err) == (1, True)
    assert "hello" in enter("history", "--user", "ann").out
    locks.give_back(thread.key)
    file = data_dir / "conversations.db"
    with closing(sqlite3.connect(file, check_same_thread=False)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        later = threading.Timer(0.3, writer.rollback)
        later.start()
        done = enter("forget", "--user", "ann", "--yes")
        later.join()
    assert (done.code, done.err) == (0, "")
