"""Say which requests a server answers where nobody signs in: those of the person at the machine.

Other machines are told apart by the address of the peer and by what proxies add; web pages by
their Origin, and by the Host that a name of theirs leaves behind when it is pointed to this
machine.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ...settings import is_loopback

STUDIO = ("https://smith.langchain.com", "https://eu.smith.langchain.com")
"""Where LangGraph Studio's page comes from."""

_PROXIES = frozenset(
    {
        *("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip"),
        *("x-original-forwarded-for", "true-client-ip", "cf-connecting-ip", "fastly-client-ip"),
    }
)
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]/@\s]+)(:[0-9]*)?", re.IGNORECASE)
_SAFE = ("GET", "HEAD")

REFUSAL = (
    "Nobody signs in at this server, so it answers only programs on its own machine, and no web "
    "page of another address: {reason}. AUTH_TOKENS or AUTH_JWKS_URL lets people in; "
    "CORS_ORIGINS names pages that may call."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What of a request counts.

    Attributes:
        peer: The address that it came from; None where the server doesn't tell.
        scheme: `http`, `https`, `ws` or `wss`.
        method: In capital letters; `GET` for a WebSocket.
        headers: Names in small letters, and values, in their order.
    """

    peer: str | None
    scheme: str = "http"
    method: str = "GET"
    headers: Sequence[tuple[str, str]] = field(default_factory=tuple)

    def all(self, name: str) -> list[str]:
        """Return the values of a header."""
        return [value for known, value in self.headers if known == name]


def refusal_of(request: Request, allowed: Sequence[str] = ()) -> str | None:
    """Return why a request isn't answered; None where it is.

    Args:
        request: The request.
        allowed: Origins whose pages may call, beside Studio's.
    """
    reason = _reason(request, (*allowed, *studio_origins(sys.argv)))
    return None if reason is None else REFUSAL.format(reason=reason)


def studio_origins(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return where Studio's page comes from.

    Args:
        arguments: The process's: `langgraph dev --studio-url` names another one.
    """
    named = value_after("--studio-url", arguments)
    parts = urlsplit(named or "")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return STUDIO
    return (*STUDIO, f"{parts.scheme}://{parts.netloc}".lower())


def value_after(option: str, arguments: Sequence[str]) -> str | None:
    """Return the value of an option on a command line, the last where it comes again.

    Args:
        option: Such as `--host`.
        arguments: The command line.
    """
    value = None
    for index, word in enumerate(arguments):
        if word == option and index + 1 < len(arguments):
            value = arguments[index + 1]
        elif word.startswith(f"{option}="):
            value = word.partition("=")[2]
    return value


def _reason(request: Request, allowed: Sequence[str]) -> str | None:
    if any(name in _PROXIES or name.startswith("x-forwarded-") for name, _ in request.headers):
        return "the request came through a proxy"
    if request.peer is None or not is_loopback(request.peer):
        return "the request comes from another machine"
    hosts = request.all("host")
    if len(hosts) != 1 or not is_loopback(_host_of(hosts[0])):
        return "the request names another host"
    origins = request.all("origin")
    if not origins:
        return _reason_without_origin(request)
    if len(origins) > 1 or origins[0].lower() not in (_own_origin(request, hosts[0]), *allowed):
        return "the request comes from a page of another address"
    return None


def _reason_without_origin(request: Request) -> str | None:
    """Return why a request that names no origin isn't answered.

    A browser names none where a page of another address shows a picture or runs a script of
    ours. Going to one of our pages from there by a link is fine.
    """
    sites = request.all("sec-fetch-site")
    navigates = request.all("sec-fetch-mode") == ["navigate"] and request.method in _SAFE
    if all(site in ("same-origin", "none") for site in sites) or navigates:
        return None
    return "the request comes from a page of another address"


def _host_of(header: str) -> str:
    """Return the host of a `Host` header without its port; nothing where it is none."""
    parts = _HOST.fullmatch(header)
    return parts[1].strip("[]") if parts else ""


def _own_origin(request: Request, host: str) -> str:
    """Return the origin of pages that the server itself shows."""
    scheme = {"ws": "http", "wss": "https"}.get(request.scheme, request.scheme)
    standard = {"http": ":80", "https": ":443"}.get(scheme, "")
    own = host.lower()
    return f"{scheme}://{own.removesuffix(standard) if standard else own}"
