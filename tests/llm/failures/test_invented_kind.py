"""Invent a kind of failure by one row, and find it everywhere."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from langchain_core import exceptions as langchain

from app.llm.failures import ERRORS, ModelCallError, Verdict
from app.settings import GOES_OVER, FailureKind, FailureKindRow
from tests.copied import Load, copied_app

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ROW = '''
    ON_STRIKE = FailureKindRow(
        value="on_strike",
        words="on strike",
        scope=Scope.KEY,
        goes_over=True,
        waiting=Waiting.NO_USE,
        transient=True,
        needs_a_person=True,
        error="OnStrikeError",
        langchain_error="ModelPermissionDeniedError",
        langchain_retries=True,
        statuses=(456,),
        codes=("strike",),
    )
    """The models want better weights."""


GOES_OVER = '''


class StrikeError(Exception):
    """As an SDK raises it."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status_code = status
        self.body = body


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """The package with the kind: nothing but the row is new."""
    changed = {"settings/failure_kinds.py": ("\n\nGOES_OVER = ", ROW)}
    with copied_app(tmp_path_factory.mktemp("house"), changed=changed) as load:
        yield load


@pytest.mark.parametrize(
    "error", [StrikeError(456, {}), StrikeError(400, {"error": {"code": "strike"}})]
)
def test_status_and_code_reach_it(house: Load, error: StrikeError) -> None:
    verdict = house("llm.failures").classify(error, now=NOON)
    assert verdict.kind == "on_strike"
    assert (verdict.scope, verdict.waiting_helps) == ("key", False)


def test_setting_takes_it_and_names_it_by_default(house: Load) -> None:
    settings = house("settings").Settings
    assert settings().failover_on[-1] == "on_strike"
    assert settings(failover_on="on_strike").failover_on == ("on_strike",)


def test_its_exception_is_of_langchains_family(house: Load) -> None:
    kind = house("settings").FailureKind("on_strike")
    error = house("llm.failures").ERRORS[kind]
    assert error.__name__ == "OnStrikeError"
    assert issubclass(error, langchain.ModelPermissionDeniedError)
    assert error.is_retryable


def test_breaker_retry_and_sentence_follow_from_it(house: Load) -> None:
    kind = house("settings").FailureKind("on_strike")
    verdict = house("llm.failures").Verdict(kind)
    breaker, telemetry = house("llm.resilience.breaker"), house("telemetry")
    standing = breaker.after_failure(telemetry.BreakerStanding(), verdict, None, NOON, 0.5)
    assert (standing.open_until - NOON).total_seconds() == 3600
    retries = house("llm.resilience.retry").Retries(1, 2.0)
    assert retries.after(verdict, [], 60) is not None
    attempt = telemetry.Attempt(
        place="groq",
        label="Groq",
        model="m",
        position=0,
        outcome=telemetry.Outcome.FAILED,
        duration_ms=1,
        at=NOON,
        kind="on_strike",
        goes_over=True,
    )
    sentence = house("llm").outage_sentence([attempt], (), NOON)
    assert "Groq (m): on strike" in sentence
    assert "waiting won't help" in sentence


def test_screen_warns_of_what_a_person_must_mend(house: Load) -> None:
    reply = house("reply").Reply
    failed = reply(True, "Hi.", "ann", "main", attempts=({"kind": "on_strike"},))
    assert house("cli.output.notices").needs_repair(failed)


@pytest.mark.parametrize("part", [each.name for each in fields(FailureKindRow)])
def test_row_without_a_part_fails(part: str) -> None:
    row = FailureKind.AUTH.row
    parts = {each.name: getattr(row, each.name) for each in fields(FailureKindRow)}
    del parts[part]
    with pytest.raises(TypeError, match=part):
        FailureKindRow(**parts)


def test_no_status_and_no_code_means_two_kinds() -> None:
    marks = [mark for kind in FailureKind for mark in (*kind.row.statuses, *kind.row.codes)]
    assert len(marks) == len(set(marks))


def test_each_kind_has_an_exception_of_its_own_name() -> None:
    names = {error.__name__ for error in ERRORS.values()}
    assert len(names) == len(FailureKind) == len(ERRORS)
    for kind, error in ERRORS.items():
        assert issubclass(error, ModelCallError)
        assert issubclass(error, getattr(langchain, kind.row.langchain_error))
        assert error(Verdict(kind)).verdict.kind is kind
    assert set(FailureKind) - set(GOES_OVER) == {FailureKind.BLOCKED, FailureKind.INVALID_REQUEST}
