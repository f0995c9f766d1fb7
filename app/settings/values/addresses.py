"""Read addresses: of the providers' APIs, each as its own client wants it, and of the web."""

import re
from urllib.parse import SplitResult, urlsplit

from ..secret import Secret

_OPENAI_FORMS = re.compile(r"(/v1beta/openai|/openai/v1|/v1beta)?/*$")
_CLOSING_FORMS = re.compile(r"(/v1|/api)?/*$")


_LONGEST = 2_000
"""Characters of an address; browsers and servers take about as many."""


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
    return Secret(text, whole=True)


def key_set_url(value: object) -> str:
    """Read the address of an identity provider's keys, which nobody on the way may change."""
    text = str(value).strip()
    parts = _http(text)
    safe = parts is not None and (parts.scheme == "https" or is_loopback(parts.hostname or ""))
    if not safe or not re.fullmatch(r"[!-~]+", text) or "@" in text or "#" in text:
        raise ValueError("an address that begins with https://, or is on this machine")
    return text


def origins(value: object) -> tuple[str, ...]:
    """Read the origins of web pages, apart by commas."""
    words = value if isinstance(value, tuple | list) else str(value).split(",")
    return tuple(dict.fromkeys(_origin(str(word).strip()) for word in words if str(word).strip()))


def is_loopback(host: str) -> bool:
    """Say whether a host name or an address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    import ipaddress

    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _origin(text: str) -> str:
    """Return an origin as browsers send it: small letters, no standard port, no path."""
    parts = _http(text)
    if parts is None or re.search(r"[^!-~]|[@?#*]", text) or parts.path not in ("", "/"):
        raise ValueError(
            "origins apart by commas, such as https://app.example.com or http://localhost:3000"
        )
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    standard = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, standard) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _address(value: object) -> str:
    text = str(value).strip()
    parts = _http(text)
    if parts is None or parts.query or parts.fragment or parts.username:
        raise ValueError("an address such as https://host or http://127.0.0.1:8080")
    return text


def _http(text: str) -> SplitResult | None:
    """Return the parts of an address of HTTP that names a host; None for anything else.

    None for one too long to be any, too: to normalise a host takes the square of its length.
    """
    if len(text) > _LONGEST:
        return None
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if right else None
