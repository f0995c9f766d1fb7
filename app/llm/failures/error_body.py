"""Find the provider's own error inside an exception, in every shape that it arrives in.

Google's SDK hangs the body on `details` of the error or of its cause; the SDKs of Groq,
OpenAI and Anthropic on `body`, whole for an HTTP error and already unwrapped for one inside
a stream; Ollama's client has the sentence alone, as `error`. A body may be a list of one, or
hold a second JSON document as its message.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_DEEPEST = 10
_LARGEST_STATUS = 599
"""Above it stand the codes of other schemes."""
_STATUS_OF_CODE = {
    "rate_limit_exceeded": 429,
    "internal_server_error": 500,
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,
    "DEADLINE_EXCEEDED": 504,
    "CANCELLED": 499,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "insufficient_quota": 429,
    "server_error": 500,
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""By the codes of the Groq, Google and OpenAI APIs, and the error types of the Anthropic API."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What a provider said.

    Attributes:
        status: The HTTP status, or the one that its error names.
        error: Its error object.
        headers: Those of the answer, by their names in small letters.
        text: The body where it isn't JSON: then something in between spoke, and no API.
    """

    status: int | None = None
    error: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @classmethod
    def of(
        cls, error: Mapping[str, Any], headers: Mapping[str, str], status: int | None = None
    ) -> "ErrorBody":
        """Return what an error object says, which may have come with a status that says nothing.

        Args:
            error: The object; empty where its answer broke off.
            headers: Of the answer.
            status: Of the answer.
        """
        inner = _inner({"error": dict(error)})
        return cls(_status(status, inner), inner, headers)

    @property
    def message(self) -> str:
        """Return the provider's sentence."""
        message = self.error.get("message")
        return message if isinstance(message, str) else ""

    @property
    def code(self) -> str:
        """Return the body's code in words: Groq's `code`, or Google's `status`."""
        for name in ("code", "status"):
            if isinstance(value := self.error.get(name), str):
                return value
        return ""

    def details(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Yield Google's details of one type, such as `RetryInfo`."""
        found = self.error.get("details")
        for detail in found if isinstance(found, list) else ():
            if isinstance(detail, dict) and str(detail.get("@type", "")).endswith(f".{name}"):
                yield detail


def error_body_of(exception: BaseException) -> ErrorBody | None:
    """Return what the provider said, or None where no provider spoke."""
    for error in causes(exception):
        body = getattr(error, "details", None) or getattr(error, "body", None)
        if body is None and isinstance(sentence := getattr(error, "error", None), str):
            body = _json(sentence) or {"message": sentence}
        status = getattr(error, "status_code", None) or getattr(error, "code", None)
        if isinstance(status, int) or isinstance(body, dict | list):
            found = _inner(body)
            headers = _headers(getattr(error, "response", None))
            text = _no_json(body)
            return ErrorBody(_status(status, found), {} if text else found, headers, text)
    return None


def causes(exception: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it was raised from.

    `__context__` is not followed: it may be an error that the caller was handling.
    """
    error: BaseException | None = exception
    for _ in range(_DEEPEST):
        if error is None:
            return
        yield error
        error = error.__cause__


def _headers(response: object) -> Mapping[str, str]:
    headers = getattr(response, "headers", None)
    items = headers.items() if isinstance(headers, Mapping) else ()
    return {str(name).lower(): str(value) for name, value in items}


def _no_json(body: object) -> str:
    """Return the text of a body that is no JSON.

    Google's SDK gives such a text as the message, beside the reason phrase of the status line.
    """
    if isinstance(body, str):
        return "" if _json(body) is not None else body.strip()
    if isinstance(body, dict) and set(body) == {"message", "status"}:
        phrase = str(body["status"])
        if phrase != phrase.upper() and isinstance(body["message"], str):
            return body["message"].strip()
    return ""


def _status(status: object, error: Mapping[str, Any]) -> int | None:
    """Prefer the status in the body: an error inside a stream arrived under HTTP 200."""
    for value in (error.get("status_code"), error.get("code"), error.get("status"), status):
        if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
            value = int(value)  # noqa: PLW2901
        if isinstance(value, int) and 400 <= value <= _LARGEST_STATUS:
            return value
    for name in ("code", "status", "type"):
        if found := _STATUS_OF_CODE.get(str(error.get(name))):
            return found
    return status if isinstance(status, int) and status > 0 else None


def _inner(body: object, depth: int = 0) -> Mapping[str, Any]:
    if depth > _DEEPEST:
        return {}
    if isinstance(body, str):
        body = _json(body)
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not isinstance(body, dict):
        return {}
    if isinstance(body.get("error"), dict | str):
        nested = body["error"]
        return _inner(nested, depth + 1) if isinstance(nested, dict) else {"message": nested}
    document = _json(body.get("message"))
    return (
        _inner(document, depth + 1) if isinstance(document, dict) and "error" in document else body
    )


def _json(text: object) -> object:
    if not isinstance(text, str) or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
