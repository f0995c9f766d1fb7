"""Errors as the providers' SDKs raise them, without the SDKs."""

from types import SimpleNamespace
from typing import Any


class SdkError(Exception):
    """An error with the attributes that an SDK gives it."""

    def __init__(self, text: str = "", **attributes: Any) -> None:
        super().__init__(text)
        vars(self).update(attributes)


def http_error(status: int, body: object, **headers: str) -> SdkError:
    """Return an HTTP error as the SDKs of Groq, OpenAI and Anthropic raise it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SdkError(status_code=status, body=body, response=SimpleNamespace(headers=named))


def google_error(status: int, error: dict[str, Any]) -> SdkError:
    """Return an HTTP error as Google's SDK raises it; LangChain raises its own from it."""
    outer = SdkError("as LangChain says it")
    outer.__cause__ = SdkError(code=status, details={"error": error})
    return outer
