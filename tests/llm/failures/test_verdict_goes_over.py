"""Which failures go over to the next model, and which stay whatever is set."""

import logging

import pytest

from app.errors import SettingsError
from app.llm.failover_log import note_attempt
from app.llm.failures import CurableError, Verdict, error_of
from app.settings import GOES_OVER, FailureKind, Settings
from tests.telemetry.entries import attempt

BLOCKED, INVALID = FailureKind.BLOCKED, FailureKind.INVALID_REQUEST
SAFETY = Verdict(BLOCKED)
RECITATION = Verdict(BLOCKED, for_safety=False)
UNKNOWN = Verdict(INVALID)
MALFORMED = Verdict(INVALID, payload_malformed=True)
TIMEOUT = Verdict(FailureKind.TIMEOUT)


@pytest.mark.parametrize(
    ("named", "over"),
    [
        ((), {"timeout", "unknown", "recitation"}),
        ((INVALID,), {"unknown", "malformed"}),
        ((BLOCKED,), {"recitation"}),
        ((FailureKind.TIMEOUT,), {"timeout"}),
        (GOES_OVER, {"timeout", "unknown", "recitation"}),
        (tuple(FailureKind), {"timeout", "unknown", "recitation", "malformed"}),
    ],
    ids=["default", "invalid_request", "blocked", "timeout", "the-twelve", "all"],
)
def test_failover_on_names_what_goes_over_and_a_refusal_for_safety_never_does(
    named: tuple[FailureKind, ...], over: set[str]
) -> None:
    settings = Settings(failover_on=named) if named else Settings()
    kinds = frozenset(FailureKind(kind) for kind in settings.failover_on)
    verdicts = {
        "timeout": TIMEOUT,
        "unknown": UNKNOWN,
        "recitation": RECITATION,
        "malformed": MALFORMED,
        "safety": SAFETY,
    }
    assert {name for name, verdict in verdicts.items() if verdict.goes_over(kinds)} == over


def test_setting_refuses_what_is_no_kind() -> None:
    with pytest.raises(SettingsError, match="FAILOVER_ON"):
        Settings(failover_on="tiredness")


@pytest.mark.parametrize("kind", FailureKind)
def test_exception_is_marked_as_curable_and_keeps_its_name(kind: FailureKind) -> None:
    stays, over = (error_of(Verdict(kind), goes_over=goes_over) for goes_over in (False, True))
    assert isinstance(over, CurableError)
    assert not isinstance(stays, CurableError)
    assert isinstance(over, type(stays))
    assert type(over).__name__ == type(stays).__name__ == kind.row.error


@pytest.mark.parametrize(("outcome", "lines"), [("failed", 1), ("skipped", 0)])
def test_unrecognised_refusal_is_one_loud_line(
    outcome: str, lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    refused = attempt(outcome, kind=INVALID, status=418, detail="I am\na teapot", unrecognised=True)
    note_attempt("ann", refused)
    loud = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(loud) == lines
    if loud:
        assert loud[0].message.startswith("Unrecognised refusal by gemini ")
        assert loud[0].message.endswith("HTTP 418 I am a teapot")
