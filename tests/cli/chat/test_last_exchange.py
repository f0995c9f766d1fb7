"""Show where a thread stood: the last question and its answer, shortened."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.chat.last_exchange import last_exchange
from app.conversations import Role, Transcript, TranscriptMessage
from app.runtime import Stores
from app.settings import Settings
from tests.fakes.clock import FixedClock

PERSON, MODEL, TOOL = Role.PERSON, Role.MODEL, Role.TOOL


@pytest.fixture
def transcript(data_dir: Path) -> Iterator[Transcript]:
    stores = Stores(Settings(data_dir=data_dir, timezone="UTC"), FixedClock())
    yield stores.transcript()
    stores.close()


def keep(transcript: Transcript, *messages: tuple[Role, str], thread: str = "main") -> None:
    known = len(transcript.last("ann", f"key-{thread}", 100))
    kept = [
        TranscriptMessage(f"{thread}-{known + n}", role, text)
        for n, (role, text) in enumerate(messages)
    ]
    transcript.keep("ann", f"key-{thread}", thread, kept, FixedClock().now())


def test_last_question_and_the_last_text_that_answered_it(transcript: Transcript) -> None:
    keep(transcript, (PERSON, "first"), (MODEL, "one"))
    keep(transcript, (PERSON, "add milk"), (MODEL, " "), (TOOL, "Added #1"), (MODEL, "Added it."))
    assert last_exchange(transcript, "ann", "main") == "> add milk\nAdded it."
    keep(transcript, (PERSON, "and bread"), (MODEL, ""))
    assert last_exchange(transcript, "ann", "main") == "> and bread"


def test_other_threads_and_users_are_left_out_and_nothing_said_is_nothing(
    transcript: Transcript,
) -> None:
    keep(transcript, (PERSON, "here"), (MODEL, "yes"))
    keep(transcript, (PERSON, "there"), thread="other")
    assert last_exchange(transcript, "ann", "main") == "> here\nyes"
    assert last_exchange(transcript, "ann", "none") == ""
    assert last_exchange(transcript, "bob", "main") == ""
    keep(transcript, (MODEL, "an answer alone"), thread="odd")
    assert last_exchange(transcript, "ann", "odd") == ""


def test_long_texts_are_shortened_and_cannot_steer_the_terminal(transcript: Transcript) -> None:
    long = "\n".join(f"line {n}" for n in range(1, 11))
    keep(transcript, (PERSON, "\x1b[2Jwhat?"), (MODEL, long))
    shown = last_exchange(transcript, "ann", "main").split("\n")
    assert shown == ["> \\x1b[2Jwhat?", *(f"line {n}" for n in range(1, 9)), "... (2 lines more)"]
