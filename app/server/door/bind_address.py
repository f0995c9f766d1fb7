"""Find out on which address a server listens, where its command line or environment tells."""

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from urllib.parse import urlsplit

from ...settings import is_loopback
from .local_only import value_after

_ALL = "0.0.0.0"


def open_addresses(arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Return the addresses that a server listens on and that others reach.

    What can't be known isn't there: a server that is started from a program of one's own, or
    behind a socket that another process has opened.

    Args:
        arguments: The process's command line.
        environment: Its variables.
    """
    return [host for host in _hosts(arguments, environment) if not is_loopback(host)]


def _hosts(arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    if environment.get("LANGSMITH_LANGGRAPH_API_VARIANT") == "local_dev":
        # `langgraph dev` writes down its address; with a tunnel it is the public one.
        address = urlsplit(environment.get("LANGGRAPH_API_URL", ""))
        return [address.hostname] if address.hostname else []
    program = _program(arguments)
    if program == "gunicorn":
        arguments = (*shlex.split(environment.get("GUNICORN_CMD_ARGS", "")), *arguments)
        port = environment.get("PORT")
        return _bound(arguments, f"{_ALL}:{port}" if port else "127.0.0.1:8000")
    if program == "hypercorn":
        return _bound(arguments, "127.0.0.1:8000")
    if program == "aegra_api":
        return [environment.get("HOST") or _ALL]
    if program == "uvicorn" and not any(
        value_after(option, arguments) for option in ("--uds", "--fd")
    ):
        host = value_after("--host", arguments)
        host = environment.get("UVICORN_HOST") if host is None else host or _ALL
        return [host] if host else []
    return []


def _bound(arguments: Sequence[str], default: str) -> list[str]:
    """Return the address after `--bind` or `-b`; nothing where it is a socket of a file."""
    bound = value_after("--bind", arguments) or value_after("-b", arguments) or default
    if bound.startswith(("unix:", "fd:", "fd@")):
        return []
    return [bound.rpartition(":")[0].removeprefix("tcp://").strip("[]") or _ALL]


def _program(arguments: Sequence[str]) -> str:
    """Return the name of the program: that of the package for `python -m`."""
    path = PurePath(arguments[0]) if arguments else PurePath()
    return path.parent.name if path.name in ("__main__.py", "main.py") else path.stem


def start_refusal(arguments: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """Return why a server at which nobody signs in doesn't start; None where it may.

    Args:
        arguments: The process's command line.
        environment: Its variables.
    """
    addresses = open_addresses(arguments, environment)
    if not addresses:
        return None
    return (
        f"Nobody signs in, and the server would listen on {addresses[0]}, where others reach it. "
        "Set AUTH_TOKENS (`python -m app token USER` makes a token) or AUTH_JWKS_URL, or listen "
        "on 127.0.0.1."
    )


def command_line() -> tuple[Sequence[str], Mapping[str, str]]:
    """Return this process's command line and environment; Aegra's address may be in a file."""
    aegra = getattr(sys.modules.get("aegra_api.settings"), "settings", None)
    if aegra is None:
        return sys.argv, os.environ
    return sys.argv, os.environ | {"HOST": aegra.app.HOST}
