"""An attempt is one record: whoever adds a field or an outcome finds it everywhere."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from app.llm import failover_log
from app.telemetry import Attempt, Ledger, LedgerEntry, Outcome, Then, Tokens
from app.telemetry.attempt import OutcomeRow, as_told, named
from app.telemetry.ledger import row_of
from app.telemetry.ledger_table import calls
from app.telemetry.metrics.definitions import DURATION, error_of
from tests.telemetry.entries import NOON, attempt, entry, statistics_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptWithRegion(Attempt):
    """An attempt that also says where the model ran."""

    region: str = field(metadata=named(reply="region", event="region", column="region"))


class Invented(OutcomeRow):
    """An outcome that there is not."""

    THROTTLED = "throttled", False, Then.NEXT_MODEL, "{role} LLM throttled ({error}), {then}"


def throttled(**more: Any) -> Attempt:
    failed = attempt("failed", kind="rate_limit", error="RateLimitError", following="groq", **more)
    return replace(failed, outcome=Invented.THROTTLED)


def test_invented_field_is_in_reply_event_and_ledger() -> None:
    told = AttemptWithRegion(
        **{name: getattr(throttled(), name) for name in Attempt.__dataclass_fields__},
        region="eu",
    )
    assert told.report()["region"] == "eu"
    event = told.event()
    assert event is not None
    assert event["region"] == "eu"
    assert row_of(LedgerEntry(attempt=told))["region"] == "eu"


def test_field_that_does_not_say_where_it_is_told_fails() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Forgetful(Attempt):
        region: str = "eu"

    with pytest.raises(TypeError, match=r"Forgetful\.region doesn't say where"):
        Forgetful(at=NOON, place="p", model="m", position=0, outcome=Outcome.ANSWERED).report()
    with pytest.raises(TypeError):
        named(reply="region", event=None)  # type: ignore[call-arg]


def test_every_column_of_the_ledger_is_filled_and_nothing_else() -> None:
    columns = set(calls.c.keys()) - {"id"}
    assert set(row_of(entry())) == columns
    assert set(row_of(entry(tokens=Tokens(1, 1)))) == columns


def test_invented_outcome_is_in_reply_event_log_ledger_and_metrics(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = throttled()
    assert made.report()["outcome"] == "throttled"
    assert made.event() is not None
    with caplog.at_level(logging.INFO, "task_relay.llm"):
        failover_log.note_attempt("ann", made)
    assert "Primary LLM throttled (RateLimitError), switching to fallback LLM" in caplog.text
    told = LedgerEntry(attempt=made)
    assert row_of(told)["outcome"] == "throttled"
    assert list(DURATION.read(told)) == []
    assert error_of(made) == "rate_limit"


@pytest.mark.parametrize("outcome", list(Outcome))
def test_statistics_count_an_attempt_as_its_outcome_says(outcome: Outcome) -> None:
    whole = statistics_of([entry(str(outcome.value))], NOON, NOON, UTC, None).whole
    assert (whole.calls, whole.skipped) == (int(outcome.asked), int(not outcome.asked))
    assert (whole.total is not None) == outcome.answered


def test_outcome_without_a_part_fails() -> None:
    with pytest.raises(TypeError):

        class Incomplete(OutcomeRow):
            THROTTLED = "throttled", False, Then.NEXT_MODEL


def test_outcomes_have_their_words_and_what_follows() -> None:
    assert {str(outcome): (outcome.asked, outcome.then) for outcome in Outcome} == {
        "answered": (True, Then.ANSWER),
        "failed": (True, Then.NEXT_MODEL),
        "retried": (True, Then.SAME_MODEL),
        "repaired": (True, Then.ANSWER),
        "skipped": (False, Then.NEXT_MODEL),
        "cancelled": (True, Then.NOTHING),
    }


def test_word_of_a_newer_version_counts_as_asked_and_nothing_more(engine: Engine) -> None:
    ledger = Ledger(engine)
    ledger.add([LedgerEntry(attempt=throttled())], NOON)
    (row,) = ledger.since(NOON)
    assert row.attempt.outcome == "throttled"
    assert (row.attempt.outcome.asked, row.attempt.outcome.then) == (True, Then.NOTHING)


def test_entry_comes_back_from_the_ledger_as_it_was(engine: Engine) -> None:
    whole = entry(
        "failed",
        kind="rate_limit",
        duration_ms=7,
        first_token_ms=3,
        tokens=Tokens(100, 5, cached=80, reasoning=2),
        exhausted=True,
        cost=0.5,
    )
    plain = entry(turn="2", at=NOON + timedelta(seconds=1))
    ledger = Ledger(engine)
    ledger.add([whole, plain], NOON)
    assert ledger.since(NOON) == [whole, plain]


def test_reply_tells_five_things_in_their_order() -> None:
    assert list(attempt().report().items()) == [
        ("provider", "gemini"),
        ("model", "gemini-3.5-flash-lite"),
        ("outcome", "answered"),
        ("kind", None),
        ("duration_ms", 0),
    ]
    assert type(throttled().report()["outcome"]) is str


@pytest.mark.parametrize(
    ("outcome", "more", "to"),
    [
        ("failed", {"kind": "timeout", "following": "groq"}, "groq"),
        ("skipped", {"kind": "timeout", "following": "groq"}, "groq"),
        ("failed", {"kind": "timeout"}, None),
        ("retried", {"kind": "timeout"}, "gemini"),
        ("repaired", {"kind": "tool_use_failed"}, None),
        ("answered", {}, None),
        ("cancelled", {}, None),
    ],
)
def test_event_says_who_is_asked_next(outcome: str, more: dict[str, Any], to: str | None) -> None:
    event = attempt(outcome, message_id="run-1", **more).event()
    expected = {"type": "failover", "from": "gemini", "to": to, "kind": "timeout"}
    assert event == (None if to is None else expected | {"message_id": "run-1"})


LOGGED: list[tuple[Callable[[], Attempt], list[str]]] = [
    (attempt, []),
    (
        lambda: attempt(place="groq", model="m", position=1),
        ["Fallback LLM succeeded (groq m)"],
    ),
    (
        lambda: attempt("retried", kind="unavailable", error="UnavailableError"),
        ["Primary LLM failed (UnavailableError), trying it again"],
    ),
    (
        lambda: attempt("repaired", kind="tool_use_failed", position=1),
        ["Fallback LLM made a broken tool call, which was read back"],
    ),
    (
        lambda: attempt(
            *("failed",), kind="timeout", error="E", following="groq", detail="no\nanswer {x}"
        ),
        [
            "Primary LLM failed (E), switching to fallback LLM",
            "Primary error: timeout no answer {x}",
            "Retrying with fallback LLM for user ann",
        ],
    ),
    (
        lambda: attempt("skipped", kind="rate_limit", error="E", status=429, position=1),
        ["Fallback LLM skipped (E), no further LLM is asked", "Fallback error: 429 "],
    ),
    (lambda: attempt("cancelled"), []),
]


@pytest.mark.parametrize(("make", "lines"), LOGGED)
def test_log_has_its_fixed_words(
    make: Callable[[], Attempt], lines: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "task_relay.llm"):
        failover_log.note_attempt("ann", make())
    assert [record.getMessage() for record in caplog.records] == lines


def test_tokens_have_their_columns() -> None:
    assert as_told(Tokens(1, 2, 3, 4), "column") == {
        "tokens_in": 1,
        "tokens_out": 2,
        "tokens_cached": 3,
        "tokens_reasoning": 4,
    }
