"""Read addresses: of the providers' APIs, each as its own client wants it, and of a webhook."""

import re
from urllib.parse import SplitResult, urlsplit

from ..secret import Secret

_OPENAI_FORMS = re.compile(r"(/v1beta/openai|/openai/v1|/v1beta)?/*$")
_CLOSING_FORMS = re.compile(r"(/v1|/api)?/*$")


def url_without_openai_path(value: object) -> str:
    """Read an address with or without the path that OpenAI's clients want: without it."""
    return _OPENAI_FORMS.sub("", _address(value))


def url_with_path(value: object) -> str:
    """Read an OpenAI-compatible address, whose path counts; without any it is `/v1`."""
    text = _address(value).rstrip("/")
    return text if urlsplit(text).path else f"{text}/v1"


def url_without_path(value: object) -> str:
    """Read an address whose client adds the path itself; a closing /v1 or /api is dropped."""
    return _CLOSING_FORMS.sub("", _address(value))


def webhook(value: object) -> Secret:
    """Read the address of a webhook, which is a secret as a whole."""
    text = value.reveal() if isinstance(value, Secret) else str(value).strip()
    if _http(text) is None or not re.fullmatch(r"[!-~]+", text):
        raise ValueError("an address that begins with https:// or http://")
    return Secret(text)


def _address(value: object) -> str:
    text = str(value).strip()
    parts = _http(text)
    if parts is None or parts.query or parts.fragment or parts.username:
        raise ValueError("an address such as https://host or http://127.0.0.1:8080")
    return text


def _http(text: str) -> SplitResult | None:
    """Return the parts of an address of HTTP that names a host; None for anything else."""
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if right else None
