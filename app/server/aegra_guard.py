"""Keep users apart on Aegra where it does so itself only in part.

Aegra asks our sign-in who sends a request. What it lacks was seen in 0.6.0: it starts a run on any
thread whose id is named, takes another thread from `configurable` or `checkpoint` than the one
that the path names, lets a request say who signed in, and runs anybody's assistant. 0.11.0 sees to
most of it by itself; the guard asks there as well and needs to know no version.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from sqlalchemy.exc import IntegrityError
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import DatabaseError
from .aegra_deletion import at_aegra, delete_all_of

_NAMES_OF_THE_SERVER = ("langgraph_auth", "__pregel_")
"""How the names begin that a server writes into a run's `configurable`."""

_SETTINGS = ("config", "configurable", "context", "checkpoint", "params", "before")
"""Fields of a request that say how to run; the others are what it is about."""


class AegraGuard:
    """Refuse what concerns other users' threads and assistants, and what only a server may say.

    Args:
        app: Aegra's application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a refusal.

        Args:
            scope: The request's.
            receive: Gives its body.
            send: Takes the answer.
        """
        path = _segments(scope) if scope["type"] == "http" else [""]
        if path[0] not in ("threads", "runs", "assistants"):
            await self._app(scope, receive, send)
            return
        messages = await _whole(receive)
        body = _json(b"".join(message.get("body", b"") for message in messages))
        try:
            await at_aegra.drop()
            refusal = await self._refusal(scope, path, body)
        except DatabaseError as error:
            refusal = _refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        if refusal is None and scope["method"] == "DELETE" and len(path) == 2:
            await self._app(scope, _again(messages, receive), _before_answer(path, send))
        elif refusal is None:
            try:
                await self._app(scope, _again(messages, receive), send)
            except IntegrityError:  # 0.6.0, where what is to be made is another user's
                refusal = _refused(HTTPStatus.CONFLICT, "That id is taken.")
        if refusal is not None:
            await refusal(scope, receive, send)

    async def _refusal(self, scope: Scope, path: list[str], body: Any) -> JSONResponse | None:
        thread = _thread(scope["method"], path)
        for name, value in _said_about_the_run(body):
            if name.startswith(_NAMES_OF_THE_SERVER):
                return _refused(HTTPStatus.FORBIDDEN, f"{name} is the server's to say.")
            if name == "thread_id" and value not in (None, thread):
                sentence = "A request concerns the thread in its path and no other."
                return _refused(HTTPStatus.FORBIDDEN, sentence)
        if thread is not None and not await self._has_thread(scope, thread, path[2:]):
            return _refused(HTTPStatus.NOT_FOUND, f"Thread '{thread}' not found")
        for assistant in _assistants(body) if path[0] != "assistants" else ():
            if not await self._has_assistant(scope, assistant):
                return _refused(HTTPStatus.NOT_FOUND, f"Assistant '{assistant}' not found")
        return None

    async def _has_thread(self, scope: Scope, thread: str, rest: list[str]) -> bool:
        """Say whether a thread is the asking user's; a run may begin one that nobody has."""
        status, _ = await self._ask(scope, "GET", f"/threads/{thread}")
        if status != HTTPStatus.NOT_FOUND:
            return True  # theirs, or Aegra knows who they are as little as we do, and refuses
        if scope["method"] != "POST" or rest[:1] not in (["runs"], ["commands"]):
            return False
        made = {"thread_id": thread, "if_exists": "do_nothing"}
        status, _ = await self._ask(scope, "POST", "/threads", made)
        return status == HTTPStatus.OK

    async def _has_assistant(self, scope: Scope, assistant: str) -> bool:
        """Say whether an assistant is the asking user's, or the name of a graph."""
        graph = {"graph_id": assistant}
        status, found = await self._ask(scope, "POST", "/assistants/search", graph)
        if status != HTTPStatus.OK or json.loads(found):
            return True
        status, _ = await self._ask(scope, "GET", f"/assistants/{assistant}")
        return status == HTTPStatus.OK

    async def _ask(
        self, scope: Scope, method: str, path: str, body: object = None
    ) -> tuple[int, bytes]:
        """Return what Aegra answers the asking user to another request: status and body."""
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {b"content-type": b"application/json", b"content-length": b"%d" % len(sent)}
        asked = {
            **scope,
            "method": method,
            "path": scope.get("root_path", "") + path,
            "raw_path": quote(path).encode(),
            "query_string": b"",
            "headers": [*(h for h in scope["headers"] if h[0] not in headers), *headers.items()],
        }
        answered: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Message) -> None:
            answered.append(message)

        try:
            await self._app(asked, receive, send)
        except IntegrityError:
            return HTTPStatus.CONFLICT, b""
        return answered[0]["status"], b"".join(each.get("body", b"") for each in answered)


def _segments(scope: Scope) -> list[str]:
    return str(scope["path"]).removeprefix(scope.get("root_path", "")).strip("/").split("/")


def _thread(method: str, path: list[str]) -> str | None:
    """Return the thread that a path names."""
    if path[0] != "threads" or len(path) < 2:
        return None
    of_all = method == "POST" and len(path) == 2
    return None if of_all else path[1]


def _assistants(body: Any) -> list[str]:
    """Return the assistants that a request names."""
    if not isinstance(body, Mapping):
        return []
    named = [body.get("assistant_id"), *_assistants(body.get("params"))]
    return [str(assistant) for assistant in named if assistant is not None]


def _said_about_the_run(value: Any, *, here: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield the fields that say how to run, wherever a request has them.

    Args:
        value: The request's body, or a part of it.
        here: Whether the fields of this part are such fields.
    """
    if not isinstance(value, Mapping):
        return
    for name, inner in value.items():
        if here:
            yield name, inner
        if name in _SETTINGS:
            yield from _said_about_the_run(inner, here=name != "params")


async def _whole(receive: Receive) -> list[Message]:
    """Return all that a request's body comes in, or that its client has gone."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


def _again(messages: Sequence[Message], receive: Receive) -> Receive:
    """Return what gives the same messages once more, and then what else comes."""
    left = iter(messages)

    async def next_message() -> Message:
        for message in left:
            return message
        return await receive()

    return next_message


def _before_answer(path: list[str], send: Send) -> Send:
    """Return what deletes the rest of a thread before it is said that the thread is deleted.

    Args:
        path: The request's.
        send: Takes the answer.
    """

    async def deleting(message: Message) -> None:
        if path[0] == "threads" and 200 <= message.get("status", 500) < 300:
            await delete_all_of(path[1])
        await send(message)

    return deleting


def _json(body: bytes) -> Any:
    """Return what a body says; None where it is no JSON, which the server refuses itself."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _refused(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"detail": sentence}, status)
