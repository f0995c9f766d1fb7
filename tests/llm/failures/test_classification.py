"""Replay every provider failure that we know of as HTTP, through the real clients."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.llm.failures import ModelCallError, Verdict
from app.settings import FailureKind
from tests.conftest import ROOT
from tests.fakes.http import ProviderServer
from tests.fakes.steps import Failure, Step, Stream
from tests.llm.failures.asked import call_of
from tests.llm.failures.parrot import Parrot

DATA = ROOT / "tests" / "data" / "provider_errors.jsonl"
CASES = [json.loads(line) for line in DATA.read_text().splitlines()]


@pytest.fixture
def parrot() -> Iterator[Parrot]:
    server = Parrot()
    yield server
    server.stop()


def recording(case: dict[str, Any]) -> Step:
    """Return how a recorded failure arrives: as an HTTP error, or inside a stream."""
    body = case["body"]
    if case.get("stream"):
        raw = case.get("raw")
        if raw is None:
            frame = json.dumps(body)
            event = "event: error\n" if case["provider"] == "groq" else ""
            raw = f"{event}data: {frame}\n\n"
        return Stream(raw.encode())
    if case["status"] == 200:
        return Stream(b"data: " + json.dumps(body).encode() + b"\r\n\r\n")
    return Failure(case["status"], body, case["headers"])


def verdict_on(server: ProviderServer, provider: str) -> Verdict:
    """Ask the provider through its guard, which must fail; return the verdict."""
    guard, call = call_of(server, provider)
    try:
        asyncio.run(guard.ainvoke(call))
    except ModelCallError as error:
        return error.verdict
    repaired = call.attempts.made[0]  # a generation that is prose is an answer
    return Verdict(
        FailureKind(str(repaired.kind)), detail=repaired.detail, retry_after=repaired.wait
    )


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_recorded_failure_reaches_its_verdict(case: dict[str, Any], parrot: Parrot) -> None:
    parrot.plays(recording(case))
    verdict = verdict_on(parrot, case["provider"])
    assert verdict.kind == case["expect"]
    stated = case["retry_after_seconds"]
    if stated is None:
        assert verdict.retry_after is None
    else:
        assert verdict.retry_after == pytest.approx(stated, abs=1)
    assert "FAKE-KEY-ECHOED" not in verdict.detail
    assert "org_01fake" not in verdict.detail
    asked_once_more = verdict.kind == "tool_use_failed" and case.get("dialect") != "prose"
    assert parrot.calls == (2 if asked_once_more else 1)


OTHERS: list[tuple[str, str, Step]] = [
    ("gemini", "auth", Failure(401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}})),
    ("gemini", "server_error", Failure(500, "<html>oops</html>")),
    ("gemini", "unavailable", Failure(503, "")),
    ("gemini", "malformed_response", Stream(b"data: not json\r\n\r\n")),
    ("gemini", "malformed_response", Stream(b"")),
    ("groq", "rate_limit", Failure(429, "slow down")),
    ("groq", "server_error", Failure(599, {"unexpected": True})),
    ("groq", "unavailable", Failure(498, {"error": {"message": "flex tier is at capacity"}})),
    ("groq", "invalid_request", Failure(400, {"error": {"message": "rate limit of a corporate"}})),
    ("groq", "malformed_response", Stream(b"data: {broken\n\n")),
    ("groq", "malformed_response", Stream(b"data: [DONE]\n\n")),
    ("groq", "malformed_response", Stream(b'data: {"choices": [{"delta": {', cut=True)),
    (
        "groq",
        "rate_limit",
        Stream(b'data: {"error": {"message": "x", "code": "rate_limit_exceeded"}}\n\n'),
    ),
    (
        "groq",
        "malformed_response",
        Stream(b'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\n'),
    ),
]


@pytest.mark.parametrize(("provider", "kind", "step"), OTHERS)
def test_other_failure_reaches_its_verdict(
    provider: str, kind: str, step: Step, parrot: Parrot
) -> None:
    parrot.plays(step)
    verdict = verdict_on(parrot, provider)
    assert verdict.kind == kind


def test_an_error_that_the_caller_was_handling_is_not_taken_for_the_providers(
    parrot: Parrot,
) -> None:
    class HostError(Exception):
        status_code = 401

    parrot.plays(Failure(503, ""))
    try:
        raise HostError
    except HostError:
        verdict = verdict_on(parrot, "groq")
    assert verdict.kind == "unavailable"
