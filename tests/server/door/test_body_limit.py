import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.server.door.body_limit import BodyLimit


def ask(*pieces: bytes, told: int | None = None, method: str = "POST") -> tuple[bytes | None, str]:
    """Return what an application behind a limit of 10 bytes read, and the refusal."""
    read: list[bytes] = []
    refused = ""

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        more = True
        read.append(b"")
        while more:
            message = await receive()
            read[-1] += message.get("body", b"")
            more = bool(message.get("more_body"))

    async def refuse(status: int, sentence: str, scope: Scope, send: Send) -> None:
        nonlocal refused
        refused = f"{status} {sentence}"

    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces) - 1}
        for number, piece in enumerate(pieces)
    ]

    async def receive() -> Message:
        return messages.pop(0)

    headers = [] if told is None else [(b"content-length", str(told).encode())]
    scope: dict[str, Any] = {"type": "http", "method": method, "headers": headers}
    asyncio.run(BodyLimit(inner, 10, refuse)(scope, receive, lambda message: asyncio.sleep(0)))
    return (read[0] if read else None), refused


def test_body_that_fits_is_read_whole() -> None:
    assert ask(b"0123456789", told=10) == (b"0123456789", "")
    assert ask(b"01234", b"", b"56789") == (b"0123456789", "")
    assert ask(b"", told=0) == (b"", "")


@pytest.mark.parametrize("told", [11, 10**12])
def test_length_that_is_too_much_is_refused_before_anything_is_read(told: int) -> None:
    read, refused = ask(b"0", told=told)
    assert read is None
    assert refused == "413 A request has at most 10 bytes. Nothing of it was done."


def test_body_in_pieces_is_refused_when_it_grows_too_much() -> None:
    read, refused = ask(b"012345", b"678", b"9A", b"never read")
    assert read is None
    assert refused.startswith("413 ")


def test_what_has_no_body_is_handed_on() -> None:
    assert ask(b"", method="GET", told=99) == (b"", "")
