"""Refusals as bytes on the wire, through the real clients: their kind, whether they go over, words.

Sentences and codes are as the services, gateways and proxies send them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.settings import FailureKind
from tests.conftest import ROOT
from tests.fakes.steps import Failure, Step, Wire
from tests.llm.failures.asked import asked
from tests.llm.failures.parrot import Parrot

MINE = ("R2", "R4", "other")
LINES = [
    case
    for line in (ROOT / "tests" / "data" / "wire_failures.jsonl").read_text().splitlines()
    if (case := json.loads(line))["root"] in MINE and case["expect"]
]


def played(case: dict[str, Any]) -> Step:
    """Return how a line of the file arrives."""
    body = case.get("raw") or case["body"]
    text = body if isinstance(body, str) else json.dumps(body)
    if case.get("stream") and not case.get("raw"):
        text = f"data: {text}\r\n\r\n"
    kind = "text/event-stream" if case.get("stream") else "application/json"
    headers = {"content-type": kind} | case["headers"]
    return Wire((text.encode(),), status=case["status"], headers=headers)


@pytest.fixture(scope="module")
def parrot() -> Iterator[Parrot]:
    server = Parrot()
    yield server
    server.stop()


@pytest.mark.parametrize("case", LINES, ids=[case["id"] for case in LINES])
def test_line_of_the_file_reaches_its_verdict(case: dict[str, Any], parrot: Parrot) -> None:
    parrot.plays(played(case))
    made = asked(parrot, case["provider"])
    assert (made.kind, made.goes_over) == (case["expect"], case["goes_over"])
    stated = case["retry_after_seconds"]
    assert made.wait == (None if stated is None else pytest.approx(stated, abs=1))


@dataclass(frozen=True)
class Refusal:
    """What comes back, and what it has to be taken for."""

    provider: str
    status: int
    body: Any
    kind: str
    over: bool = True
    says: str = ""
    wait: float | None = None
    headers: dict[str, str] = field(default_factory=dict)


def google(status: int, message: str, name: str = "INVALID_ARGUMENT", **more: Any) -> Any:
    return {"error": {"code": status, "message": message, "status": name, **more}}


def groq(message: str, code: str | None = None, **more: Any) -> Any:
    told = {"message": message, "type": "invalid_request_error", **more}
    return {"error": told | ({"code": code} if code else {})}


def info(reason: str, **metadata: str) -> Any:
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    return [{"@type": kind, "reason": reason, "metadata": metadata}]


HTML = "<html>\r\n<head><title>{}</title></head>\r\n<body>nginx</body></html>"
UNKNOWN_NAME = (
    'Invalid JSON payload received. Unknown name "additionalProperties" at '
    "'tools[0].function_declarations[0].parameters': Cannot find field."
)

REFUSALS = {
    # what says of itself that the payload is malformed stays
    "g-unknown-name": Refusal("gemini", 400, google(400, UNKNOWN_NAME), "invalid_request", False),
    "q-json": Refusal(
        "groq", 400, groq("We could not parse the JSON body of your request."),
        *("invalid_request", False),
    ),
    # a refusal for safety stays
    "q-policy": Refusal("groq", 400, groq("no", "content_policy_violation"), "blocked", False),
    # what isn't recognised goes over, under its label
    "g-argument": Refusal(
        "gemini", 400, google(400, "Request contains an invalid argument."), "invalid_request"
    ),
    "g-turn-order": Refusal(
        "gemini", 400,
        google(400, "Please ensure that function call turn comes immediately after a user turn."),
        "invalid_request",
    ),
    "g-signature": Refusal(
        "gemini", 400, google(400, "Corrupted thought signature."), "invalid_request"
    ),
    "q-property": Refusal(
        "groq", 400, groq("'messages.1' : property 'reasoning' is unsupported"), "invalid_request"
    ),
    "q-max-tokens": Refusal(
        "groq", 400, groq("`max_tokens` must be less than or equal to `8192`"), "invalid_request"
    ),
    "q-422": Refusal("groq", 422, groq("Unprocessable"), "invalid_request"),
    "q-teapot": Refusal("groq", 418, groq("I'm a teapot"), "invalid_request"),
    "g-431": Refusal("gemini", 431, "", "invalid_request"),
    # this model can't do the job
    "g-no-system": Refusal(
        "gemini", 400, google(400, "Developer instruction is not enabled for models/gemma-3-1b-it"),
        "model_not_found",
    ),
    "g-only-interactions": Refusal(
        "gemini", 400, google(400, "This model only supports Interactions API."),
        "model_not_found", says="set GEMINI_MODEL to one that calls tools",
    ),
    "q-no-tools": Refusal(
        "groq", 400, groq("`tool calling` is not supported with this model"), "model_not_found"
    ),
    "q-no-chat": Refusal(
        "groq", 400, groq("The model `whisper-large-v3` does not support chat completions"),
        "model_not_found",
    ),
    "q-no-such": Refusal(
        "groq", 400, groq("The model `llama-3.1-x` does not exist"), "model_not_found"
    ),
    # keys, projects, terms, billing
    "g-key-expired": Refusal(
        "gemini", 400, google(400, "API key expired. Please renew the API key."), "auth"
    ),
    "g-leaked": Refusal(
        "gemini", 403,
        google(403, "Your API key was reported as leaked. Please use another API key.",
               "PERMISSION_DENIED"),
        "permission", says="GEMINI_API_KEY",
    ),
    "g-api-off": Refusal(
        "gemini", 403,
        google(403, "Generative Language API has not been used in project 0 before.",
               "PERMISSION_DENIED", details=info("SERVICE_DISABLED")),
        "permission", says="GEMINI_API_KEY",
    ),
    "g-billing-off": Refusal(
        "gemini", 403,
        google(403, "This API method requires billing to be enabled.", "PERMISSION_DENIED",
               details=info("BILLING_DISABLED")),
        "quota_daily", says="project of GEMINI_API_KEY",
    ),
    "g-denied-as-400": Refusal(
        "gemini", 400, google(400, "The caller does not have permission", "PERMISSION_DENIED"),
        "permission",
    ),
    "q-balance": Refusal("groq", 400, groq("Insufficient balance"), "quota_daily", says="no quota"),
    "q-terms-403": Refusal(
        "groq", 403, groq("The model requires terms acceptance.", "model_terms_required"),
        "permission", says="terms",
    ),
    "q-country": Refusal(
        "groq", 403, groq("Country, region, or territory not supported"), "permission"
    ),
    "q-network": Refusal(
        "groq", 403, groq("Access denied. Please check your network settings."), "connection",
        says="network",
    ),
    "q-limit-as-403": Refusal("groq", 403, groq("Rate limit exceeded"), "rate_limit"),
    "q-451": Refusal("groq", 451, groq("Unavailable for legal reasons"), "permission"),
    # something in between
    "g-html-403": Refusal("gemini", 403, HTML.format("403 Forbidden"), "connection"),
    "q-html-403": Refusal("groq", 403, HTML.format("Attention Required!"), "connection"),
    "q-html-400": Refusal("groq", 400, HTML.format("400 Bad Request"), "connection"),
    "q-envoy": Refusal("groq", 403, "RBAC: access denied", "connection"),
    "q-407": Refusal("groq", 407, "", "connection", says="HTTPS_PROXY"),
    "q-421": Refusal("groq", 421, "", "connection"),
    "q-511": Refusal("groq", 511, HTML.format("Log in"), "connection"),
    # the address
    "q-unknown-url": Refusal(
        "groq", 404,
        groq("Unknown request URL: POST /v1/chat/completions. Please check the URL for typos, or "
             "see the docs at https://console.groq.com/docs/", "unknown_url"),
        "connection", says="GROQ_BASE_URL",
    ),
    "g-path": Refusal(
        "gemini", 404, HTML.format("Error 404 (Not Found)!!1"), "connection",
        says="GEMINI_BASE_URL",
    ),
    "g-path-empty": Refusal("gemini", 404, "", "connection", says="GEMINI_BASE_URL"),
    "q-path-text": Refusal("groq", 404, "404 page not found", "connection", says="GROQ_BASE_URL"),
    "q-path-json": Refusal(
        "groq", 404, {"detail": "Not Found"}, "connection", says="GROQ_BASE_URL"
    ),
    "q-405": Refusal("groq", 405, "", "connection", says="GROQ_BASE_URL"),
    "g-entity": Refusal(
        "gemini", 404, google(404, "Requested entity was not found.", "NOT_FOUND"),
        "model_not_found", says="GEMINI_MODEL",
    ),
    # statuses that say nothing about the request
    "q-408": Refusal("groq", 408, "", "timeout"),
    "q-409": Refusal("groq", 409, groq("conflict"), "server_error"),
    "q-423": Refusal("groq", 423, "", "server_error"),
    "g-424": Refusal("gemini", 424, "", "server_error"),
    "q-425": Refusal("groq", 425, "", "unavailable"),
    "q-exhausted-as-400": Refusal(
        "groq", 400, groq("slow down", "rate_limit_exceeded"), "rate_limit"
    ),
    # too long
    "g-payload": Refusal(
        "gemini", 400, google(400, "Request payload size exceeds the limit: 20971520 bytes."),
        "context_overflow",
    ),
    "q-reduce": Refusal(
        "groq", 400, groq("Please reduce the length of the messages or completion."),
        "context_overflow",
    ),
    # an error under status 200, with its kind and its wait
    "g-200": Refusal(
        "gemini", 200, google(503, "The model is overloaded.", "UNAVAILABLE"), "unavailable",
        headers={"content-type": "application/json", "retry-after": "7"}, wait=7,
    ),
    "g-200-in-words": Refusal(
        "gemini", 200, groq("slow down", "rate_limit_exceeded"), "rate_limit",
        headers={"content-type": "application/json"},
    ),
    "q-200": Refusal(
        "groq", 200, groq("Try again in 2 minutes.", "rate_limit_exceeded"), "rate_limit",
        headers={"content-type": "application/json"}, wait=120,
    ),
    "q-200-auth": Refusal(
        "groq", 200, groq("Invalid API Key", "invalid_api_key"), "auth",
        headers={"content-type": "application/json"}, says="GROQ_API_KEY",
    ),
    # waits
    "q-ms": Refusal("groq", 429, groq("x"), "rate_limit", headers={"retry-after-ms": "2500"},
                    wait=2.5),
    "q-never": Refusal("groq", 429, groq("x"), "rate_limit",
                       headers={"retry-after": "18446744073709551615"}),
    "q-days": Refusal("groq", 429, groq("x"), "rate_limit", headers={"retry-after": "777600"},
                      wait=86_400),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
def test_refusal_is_taken_for_what_it_is(case: Refusal, parrot: Parrot) -> None:
    parrot.plays(Failure(case.status, case.body, case.headers))
    made = asked(parrot, case.provider)
    assert (made.kind, made.goes_over, made.wait) == (case.kind, case.over, case.wait)
    assert case.says in made.sentence
    assert "fault of this program" not in made.sentence or case.kind == "invalid_request"
    assert "safety" not in made.sentence or case.kind == "blocked"


REASONS = [
    *(("SAFETY", False), ("PROHIBITED_CONTENT", False), ("SPII", False)),
    *(("RECITATION", True), ("LANGUAGE", True), ("IMAGE_RECITATION", True)),
]


@pytest.mark.parametrize(("reason", "over"), REASONS)
def test_gemini_ends_an_answer_for_safety_or_for_something_else(
    reason: str, over: bool, parrot: Parrot
) -> None:
    frame = json.dumps({"candidates": [{"finishReason": reason, "index": 0}]})
    headers = {"content-type": "text/event-stream"}
    parrot.plays(Wire((f"data: {frame}\r\n\r\n".encode(),), headers=headers))
    made = asked(parrot, "gemini")
    assert (made.kind, made.goes_over) == ("blocked", over)
    assert ("safety" in made.sentence) is not over


@pytest.mark.parametrize(("reason", "over"), [("SAFETY", False), ("OTHER", True)])
def test_gemini_blocks_a_prompt_with_or_without_a_reason(
    reason: str, over: bool, parrot: Parrot
) -> None:
    frame = "data: " + json.dumps({"promptFeedback": {"blockReason": reason}}) + "\r\n\r\n"
    parrot.plays(
        Wire((frame.encode(), frame.encode()), headers={"content-type": "text/event-stream"})
    )
    made = asked(parrot, "gemini")
    assert (made.kind, made.goes_over) == ("blocked", over)


@pytest.mark.parametrize("provider", ["gemini", "groq"])
def test_status_counts_where_the_body_breaks_off(provider: str, parrot: Parrot) -> None:
    headers = {"content-type": "application/json", "retry-after": "9"}
    parrot.plays(Wire((b'{"error": {"code": 503, "mess',), status=503, headers=headers, cut=True))
    made = asked(parrot, provider)
    assert (made.kind, made.wait) == (FailureKind.UNAVAILABLE, 9)
