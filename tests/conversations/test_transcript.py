from datetime import timedelta

import pytest
from sqlalchemy import Engine

from app.conversations import Role, Transcript, TranscriptMessage
from app.conversations.thread_keys import conversation_key, guessable_key
from tests.fakes.clock import FixedClock


@pytest.fixture
def transcript(engine: Engine) -> Transcript:
    return Transcript(engine)


def said(number: int, text: str = "hi") -> TranscriptMessage:
    return TranscriptMessage(f"m{number}", Role.PERSON, text)


def texts(transcript: Transcript, user: str, key: str | None = None) -> list[str]:
    return [entry.message.text for entry in transcript.all_of(user, key)]


def test_what_was_said_comes_back_in_order_and_once(
    transcript: Transcript, clock: FixedClock
) -> None:
    call = TranscriptMessage(
        "m2", Role.MODEL, "", {"calls": [{"name": "add_task", "args": {"title": "x"}}]}
    )
    transcript.keep("ann", "k", "main", [said(1, "é\n🎉"), call], clock.now())
    transcript.keep("ann", "k", "main", [call, said(3, "later")], clock.now())
    found = list(transcript.all_of("ann", "k"))
    assert [entry.message for entry in found] == [said(1, "é\n🎉"), call, said(3, "later")]
    assert {(entry.thread, entry.said_at) for entry in found} == {("main", clock.now())}
    assert [entry.message.message_id for entry in transcript.last("ann", "k", 2)] == ["m2", "m3"]


def test_the_same_message_id_in_two_threads_and_of_two_users_is_kept_each_time(
    transcript: Transcript, clock: FixedClock
) -> None:
    for user, key in (("ann", "a"), ("ann", "b"), ("bob", "a")):
        transcript.keep(user, key, key, [said(1, f"{user} {key}")], clock.now())
    assert texts(transcript, "ann") == ["ann a", "ann b"]
    assert texts(transcript, "ann", "b") == ["ann b"]
    assert texts(transcript, "bob") == ["bob a"]
    assert texts(transcript, "bob", "b") == []


def test_threads_are_listed_with_the_latest_first(
    transcript: Transcript, clock: FixedClock
) -> None:
    transcript.begin("ann", "k1", "main", clock.now())
    clock.move(minutes=1)
    transcript.keep("ann", "k2", "work", [said(1), said(2)], clock.now())
    assert [(one.name, one.messages) for one in transcript.threads("ann")] == [
        ("work", 2),
        ("main", 0),
    ]
    clock.move(minutes=1)
    transcript.keep("ann", "k1", "main", [said(1)], clock.now())
    assert [one.name for one in transcript.threads("ann")] == ["main", "work"]
    assert transcript.threads("bob") == ()
    assert transcript.key_of("ann", "work") == "k2"
    assert transcript.key_of("bob", "work") is None


def test_old_messages_go_after_the_days_that_are_set(engine: Engine, clock: FixedClock) -> None:
    transcript = Transcript(engine, keep_days=7)
    transcript.keep("ann", "k", "main", [said(1, "old")], clock.now())
    transcript.keep("bob", "k", "main", [said(1, "of one who is gone")], clock.now())
    clock.instant += timedelta(days=6)
    transcript.keep("ann", "k", "main", [said(2, "newer")], clock.now())
    assert texts(transcript, "ann") == ["old", "newer"]
    clock.instant += timedelta(days=2)
    transcript.keep("ann", "k", "main", [said(3, "new")], clock.now())
    assert texts(transcript, "ann") == ["newer", "new"]
    assert texts(transcript, "bob") == []


def test_forgetting_a_user_leaves_the_others(transcript: Transcript, clock: FixedClock) -> None:
    transcript.keep("ann", "a", "main", [said(1), said(2)], clock.now())
    transcript.keep("bob", "a", "main", [said(1, "bob's")], clock.now())
    assert transcript.forget("ann", clock.now()) == (2, ["a"])
    assert transcript.threads("ann") == ()
    assert texts(transcript, "ann") == []
    assert texts(transcript, "bob") == ["bob's"]


def many(count: int, first: int = 0) -> list[TranscriptMessage]:
    return [said(number) for number in range(first, first + count)]


def test_old_messages_go_faster_than_new_ones_come(memory: Engine, clock: FixedClock) -> None:
    transcript = Transcript(memory, keep_days=7)
    transcript.keep("ann", "k", "main", many(450), clock.now())
    clock.move(days=8)
    left = []
    for turn in range(1, 4):
        transcript.keep("bob", "b", "main", many(20, first=turn * 20), clock.now())
        left.append(len(texts(transcript, "ann")))
    assert left == [250, 50, 0]
    assert len(texts(transcript, "bob")) == 60


@pytest.mark.parametrize(("keep_days", "left"), [(0, ["hi", "hi"]), (7, ["hi", "hi"]), (6, ["hi"])])
def test_message_is_kept_for_the_days_that_are_set(
    memory: Engine, clock: FixedClock, keep_days: int, left: list[str]
) -> None:
    transcript = Transcript(memory, keep_days)
    transcript.keep("ann", "k", "main", [said(1)], clock.now())
    clock.move(days=7)
    transcript.keep("ann", "k", "main", [said(2)], clock.now())
    assert texts(transcript, "ann") == left


def test_thread_that_is_begun_again_stays_as_it_was(memory: Engine, clock: FixedClock) -> None:
    transcript = Transcript(memory)
    transcript.begin("ann", "k", "main", clock.now())
    begun = transcript.threads("ann")
    clock.move(days=1)
    transcript.begin("ann", "k", "renamed", clock.now())
    assert transcript.threads("ann") == begun
    transcript.keep("ann", "k", "renamed", [said(1)], clock.now())
    (used,) = transcript.threads("ann")
    assert (used.name, used.begun_at, used.last_at) == ("main", begun[0].begun_at, clock.now())


@pytest.mark.parametrize(
    "ours", [conversation_key("ann", "main", b"secret"), guessable_key("ann", "main")]
)
def test_our_thread_comes_before_one_of_the_same_name_that_a_host_keeps(
    memory: Engine, clock: FixedClock, ours: str
) -> None:
    transcript = Transcript(memory)
    for key in ("theirs", ours, "theirs, later"):
        transcript.begin("ann", key, "main", clock.now())
        clock.move(minutes=1)
    assert transcript.key_of("ann", "main") == ours
    transcript.begin("bob", "theirs", "main", clock.now(), shared=True)
    clock.move(minutes=1)
    transcript.begin("bob", "theirs, later", "main", clock.now(), shared=True)
    assert transcript.key_of("bob", "main") == "theirs, later"


def test_last_messages_are_those_of_one_thread(memory: Engine, clock: FixedClock) -> None:
    transcript = Transcript(memory)
    transcript.keep("ann", "k", "main", many(5), clock.now())
    transcript.keep("ann", "l", "work", many(1, first=9), clock.now())
    last = transcript.last("ann", "k", 2)
    assert [entry.message.message_id for entry in last] == ["m3", "m4"]
    assert transcript.last("bob", "k", 2) == []


def test_forgetting_tells_how_much_it_was(memory: Engine, clock: FixedClock) -> None:
    transcript = Transcript(memory)
    transcript.keep("ann", "k", "main", many(3), clock.now())
    transcript.begin("ann", "l", "work", clock.now())
    assert transcript.forget("nobody", clock.now()) == (0, [])
    count, keys = transcript.forget("ann", clock.now())
    assert (count, sorted(keys)) == (3, ["k", "l"])
    assert transcript.forget("ann", clock.now()) == (0, [])
