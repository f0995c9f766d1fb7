"""What a person sees when the machine does what machines do: clocks, stops, and other versions."""

import os
import re
import signal
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from tests.conftest import Ended, Relay, child_environment, provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.inside import Enter
from tests.fakes.steps import Silence, calls, says
from tests.fakes.warm import Warm


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_older_program_on_a_newer_schema_says_so_and_changes_nothing(
    command: Callable[..., Ended], data_dir: Path, request: pytest.FixtureRequest, store: str
) -> None:
    url = f"sqlite:///{data_dir}/tasks.db"
    if store == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    given = {"APP_DATABASE_URL": url}
    assert command("add", "milk", **given).code == 0
    newer = create_engine(url)
    with newer.begin() as connection:
        connection.exec_driver_sql("UPDATE task_relay_version SET version_num = '9999'")
    for words in (("add", "eggs"), ("tasks",), ("export",), ("chat", "-m", "add eggs")):
        ended = command(*words, **given)
        assert (ended.code, ended.out) == (1, "")
        assert "The database has a schema that this version doesn't know" in ended.err
        assert "Update Task Relay" in ended.err
    told = " ".join(command("doctor", "--offline", **given).out.split())
    assert re.search(r"Schema 9999 is newer than this program's \d{4}: update Task Relay", told)
    with newer.connect() as connection:
        titles = connection.exec_driver_sql("SELECT title FROM task_relay_tasks").scalars().all()
        version = connection.exec_driver_sql("SELECT version_num FROM task_relay_version").scalar()
    newer.dispose()
    assert (titles, version) == (["milk"], "9999")


def test_clock_that_is_set_back_by_hours_costs_no_answer_and_no_task(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    """What was said stays in its order, undo takes back the last change, and models answer."""
    given: Any = {
        "gemini_api_key": gemini.key,
        "gemini_base_url": gemini.url,
        "groq_api_key": groq.key,
        "groq_base_url": groq.url,
    }
    relay = make_relay(**given, clock=clock)
    gemini.plays(calls("add_task", title="before"), says("Added."))
    assert relay.say("add before").ok
    gemini.plays(gemini_api.quota(60))
    assert relay.say("and now?").provider == "groq"
    clock.move(hours=-5)
    groq.plays(calls("add_task", title="after"), says("Added."))
    assert relay.say("add after").reply == "Added."
    groq.plays(calls("undo"), says("Undone."))
    assert relay.say("undo that").reply == "Undone."
    told = [entry.message.text for entry in relay.agent.container.transcript().all_of("ann")]
    said = [text for text in told if text in ("add before", "add after", "undo that")]
    assert said == ["add before", "add after", "undo that"]
    clock.move(hours=5, minutes=2)
    gemini.plays(says("Here."))
    assert relay.say("who answers?").provider == "gemini"


@pytest.mark.long
def test_program_that_is_stopped_in_mid_turn_goes_on_when_it_may(
    warm: Warm, gemini: GeminiServer, groq: GroqServer, tmp_path: Path
) -> None:
    """As on a laptop that sleeps: others in the thread are told to wait, nothing is done twice."""
    environment = child_environment(
        **provider_environment(gemini, groq), TURN_TIMEOUT="8", FIRST_TOKEN_TIMEOUT="6"
    )
    gemini.plays(calls("add_task", title="milk"), Silence(60))
    with Started(warm, tmp_path, environment, "chat", "-m", "add milk") as first:
        end = time.monotonic() + 60
        while gemini.calls < 2:
            assert time.monotonic() < end, first.end()
            time.sleep(0.01)
        os.kill(first.pid, signal.SIGSTOP)
        for _ in range(2):  # for longer than a turn may take
            with Started(warm, tmp_path, environment, "chat", "-m", "and I?") as second:
                code, out, err = second.end()
                assert (code, err) == (1, "")
                assert out.startswith("Another message in this thread is still being answered.")
        os.kill(first.pid, signal.SIGCONT)
        code, out, err = first.end()
    assert (code, err) == (4, "")
    assert out.startswith("No language model could answer")
    assert out.endswith("Added #1 milk\n"), "it says what it did before"
    gemini.plays(says("Yes, one."))
    with Started(warm, tmp_path, environment, "chat", "-m", "is milk there?") as third:
        assert third.end() == (0, "Yes, one.\n", "")
    with Started(warm, tmp_path, environment, "export", "--format", "todotxt") as export:
        assert export.end()[1].count("milk") == 1


class Started:
    """A command in a process of its own, whose number is known."""

    def __init__(
        self, warm: Warm, directory: Path, environment: dict[str, str], *words: str
    ) -> None:
        self._files = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115 - for its life
        streams = [file.fileno() for file in self._files]
        self._program = warm.start(("-m", "app", *words), streams, directory, environment)
        self.pid = self._program.pid

    def __enter__(self) -> "Started":
        return self

    def end(self) -> tuple[int, str, str]:
        """Wait for its end; return its code and what it wrote."""
        code = self._program.wait()
        for file in self._files:
            file.seek(0)
        _, out, err = (file.read().decode() for file in self._files)
        return code, out, err

    def __exit__(self, *_: object) -> None:
        self._program.kill()
        for file in self._files:
            file.close()


def test_hour_that_the_clock_skips_is_shown_as_the_hour_after_it(
    enter: Enter, clock: FixedClock
) -> None:
    clock.instant = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)  # half past one in New York
    added = enter("add", "Call Bob today 2:30am")
    assert added.out == "Added #1 Call Bob | due Sun 2026-03-08 03:30\n"
    assert "overdue" not in enter("tasks").out
    clock.instant = datetime(2026, 3, 8, 7, 31, tzinfo=UTC)
    assert "Sun 2026-03-08 03:30 overdue" in enter("tasks").out


def test_hour_that_comes_twice_is_late_once(enter: Enter, clock: FixedClock) -> None:
    """At a quarter to two, half past one is still to come; then it is late for good."""
    clock.instant = datetime(2026, 11, 1, 5, 45, tzinfo=UTC)
    added = enter("add", "Call Eve today 1:30am")
    assert added.out == "Added #1 Call Eve | due Sun 2026-11-01 01:30\n"
    for hour, minute, late in ((5, 46, False), (6, 29, False), (6, 31, True), (7, 5, True)):
        clock.instant = datetime(2026, 11, 1, hour, minute, tzinfo=UTC)
        assert ("overdue" in enter("tasks").out) is late, (hour, minute)
        found = "Call Eve" in enter("tasks", "overdue").out
        assert found is late, (hour, minute)
