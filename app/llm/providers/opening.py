"""Open a place's client, and where that fails say what a person has to mend.

What an SDK raises then is a failure of that place alone. The environment is at fault as a rule:
proxies and certificates are read from it. Each variable is tried alone, since the SDKs'
exceptions don't name it, and their words may hold a proxy's password.
"""

import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path

from ...settings import FailureKind
from ...telemetry import redact
from ..failures import Verdict
from .adapter import Client
from .registry import Place

_PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")
_DIRECTORY = "SSL_CERT_DIR"
"""A lost one spoils calls over TLS alone; the others spoil every client."""
_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
_PROXY_REFUSED = "ProxyError"


class NotOpenedError(Exception):
    """A place's client could not be opened.

    Args:
        verdict: Says why; a person may read it.
    """

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.detail)
        self.verdict = verdict


def open_client(place: Place, environment: Mapping[str, str] = os.environ) -> Client:
    """Open a client for the running event loop.

    What would fail anyway isn't begun: an SDK's client that is made by half leaves things behind.

    Args:
        place: Whose client.
        environment: Where proxies and certificates are named.

    Raises:
        NotOpenedError: It can't be opened, whatever the reason.
    """
    if spoilt := next(_spoilt(environment), None):
        raise NotOpenedError(_names(spoilt))
    try:
        return place.open()
    except Exception as error:
        raise NotOpenedError(_verdict(error, place, environment)) from error


def _verdict(error: Exception, place: Place, environment: Mapping[str, str]) -> Verdict:
    if environment.get(_DIRECTORY) and not Path(environment[_DIRECTORY]).is_dir():
        return _names(_DIRECTORY)
    detail = redact(f"{type(error).__name__}: {error}", place.secrets)
    mend = f"run {place.provider.install}" if isinstance(error, ImportError) else ""
    return Verdict(FailureKind.CONNECTION, detail=detail, mend=mend)


def _names(variable: str) -> Verdict:
    detail = f"{variable} can't be used"
    return Verdict(FailureKind.CONNECTION, detail=detail, mend=f"check {variable}")


def with_variable(verdict: Verdict, environment: Mapping[str, str] = os.environ) -> Verdict:
    """Name the variable of the environment where a call failed on what is set there.

    Args:
        verdict: What went wrong.
        environment: Where proxies and certificates are named.
    """
    if verdict.kind is not FailureKind.CONNECTION or verdict.mend:
        return verdict
    names: tuple[str, ...] = ()
    if _UNTRUSTED in verdict.detail:
        names = ("SSL_CERT_FILE", _DIRECTORY)
    elif verdict.detail.startswith(_PROXY_REFUSED):
        names = _PROXIES
    variable = next((name for name, _ in _set(names, environment)), None)
    return replace(verdict, mend=f"check {variable}") if variable else verdict


def _spoilt(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the variables that no client can be opened with."""
    checks: Mapping[str, Callable[[str], None]] = {
        **dict.fromkeys(_PROXIES, _use_proxy),
        "NO_PROXY": _use_exceptions,
        "SSLKEYLOGFILE": _use_key_log,  # before the certificates, whose context opens it too
        "SSL_CERT_FILE": _use_file,
    }
    for name, value in _set(checks, environment):
        try:
            checks[name.upper()](value)
        except Exception:  # noqa: BLE001 - of httpx, OpenSSL or the system
            yield name


def _set(
    names: Mapping[str, object] | tuple[str, ...], environment: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield those of some variables that are set, with their values; small letters win."""
    for name in names:
        for spelt in (name.lower(), name) if name.endswith("_PROXY") else (name,):
            if environment.get(spelt):
                yield spelt, environment[spelt]


def _use_proxy(value: str) -> None:
    import httpx

    address = value if "://" in value else f"http://{value}"
    if address.startswith("socks") and find_spec("socksio") is None:
        raise ValueError("the package socksio is missing")
    httpx.HTTPTransport(proxy=address, verify=False, trust_env=False).close()


def _use_exceptions(value: str) -> None:
    """Read the hosts that need no proxy as httpx does."""
    import httpx

    for host in filter(None, (part.strip() for part in value.split(","))):
        if host == "*":
            return
        address = host if "://" in host else f"all://*{host}"
        with suppress(ValueError):
            version = ip_address(host.partition("/")[0]).version
            address = f"all://{host}" if version == 4 else f"all://[{host}]"
        httpx.Client(mounts={address: None}, verify=False, trust_env=False).close()


def _use_file(value: str) -> None:
    ssl.create_default_context(cafile=value)


def _use_key_log(value: str) -> None:
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).keylog_filename = value
