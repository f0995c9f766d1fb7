"""Let a process reach loopback only; a test's own process and its children load this."""

import ipaddress
import sys
from typing import Any


def _is_loopback(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if not _is_loopback(host):
        raise OSError(f"the tests reach loopback only, not {host!r}")


sys.addaudithook(_guard)
