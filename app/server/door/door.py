"""Stand before every route of a server: who may come in, and which web pages may call.

It is around the whole application and not a part of it, so that it comes before what a server
adds of its own, on LangGraph's server and on Aegra alike.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ...errors import SettingsError, SignInError, TaskRelayError
from ...runtime import SignIn
from ..authentication import Gate, gate
from .bind_address import command_line, start_refusal
from .body_limit import BodyLimit
from .local_only import Request, refusal_of, studio_origins

OPEN = frozenset({"/healthz", "/readyz", "/metrics"})
"""What monitors ask, who can't sign in; nothing there is about a user."""

OPEN_WITH_SIGN_IN = OPEN | {"/ok", "/health", "/ready", "/live"}
"""And what LangGraph's server and Aegra have for the same."""

KNOWN = frozenset(
    {
        *("assistants", "threads", "runs", "store", "mcp", "a2a", ".well-known"),
        *("", "info", "docs", "openapi.json", "ui"),
    }
)
"""The first part of each path that people who signed in may ask for; a server's other routes,
such as those by which `langgraph dev` empties itself or shows any thread, are closed to them."""

USER = "task_relay.user"
"""Where a request's scope says who signed in; it isn't there where nobody does."""

NOBODY_SIGNS_IN = (
    "Nobody signs in at this server, so it answers its own machine only. AUTH_TOKENS or "
    "AUTH_JWKS_URL lets people in."
)

_EXPOSED = ("x-pagination-total", "x-pagination-next", "content-location", "location")
"""Headers of answers that pages of other addresses may read; LangGraph's clients do."""

_IN_PROCESS = "/noauth"
"""The root path of requests that LangGraph's server sends to itself; none from outside has it."""

_TAKEN_AWAY = (b"origin", b"x-auth-scheme")
"""Headers that go no further: of origins only we judge, and nobody comes in as Studio."""

_log = logging.getLogger("task_relay")

App = TypeVar("App", bound=Starlette)


def behind_the_door(app: App) -> App:
    """Put the door before an application, whatever a server adds to it later."""
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: Door(build())  # type: ignore[method-assign]
    return app


class Door:
    """An application behind sign-in; without sign-in it answers its own machine alone.

    Args:
        inner: The application.
        gate: Returns who may come in.
        started_with: Returns the process's command line and environment.
    """

    def __init__(
        self,
        inner: ASGIApp,
        gate: Callable[[], Gate] = gate,
        started_with: Callable[[], tuple[Sequence[str], Mapping[str, str]]] = command_line,
    ) -> None:
        self._inner = inner
        self._gate = gate
        self._started_with = started_with
        self._opened: tuple[Gate, ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self._start(scope, receive, send)
        elif f"{scope.get('root_path', '')}/".startswith(f"{_IN_PROCESS}/"):
            await self._inner(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _start(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            gate, _ = await asyncio.to_thread(self._open)
        except TaskRelayError as error:
            await receive()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        if not gate.sign_in.needed:
            sys.stderr.write(f"{NOBODY_SIGNS_IN}\n")
        await self._inner(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if self._opened is None:
                await asyncio.to_thread(self._open)
        except TaskRelayError as error:
            _log.error("No request is answered: %s", error)
            await _refuse(503, "The server isn't set up rightly; its log says why.", scope, send)
            return
        assert self._opened is not None
        gate, behind = self._opened
        if _path(scope) in (OPEN_WITH_SIGN_IN if gate.sign_in.needed else OPEN):
            await self._inner(_without_headers(scope), receive, send)
            return
        if not gate.sign_in.needed:
            refusal = refusal_of(_request(scope), gate.origins)
            if refusal is not None:
                await _refuse(403, refusal, scope, send)
                return
        await behind(scope, receive, send)

    def _open(self) -> tuple[Gate, ASGIApp]:
        """Return who may come in, and the application behind CORS and sign-in.

        Raises:
            SettingsError: A setting is wrong, or others reach a server where nobody signs in.
        """
        gate = self._gate()
        arguments, environment = self._started_with()
        if not gate.sign_in.needed and (reason := start_refusal(arguments, environment)):
            raise SettingsError(reason)
        behind = CORSMiddleware(
            self._enter,
            allow_origins=(*gate.origins, *studio_origins(arguments)),
            allow_methods=("*",),
            allow_headers=("*",),
            allow_private_network=True,
            expose_headers=_EXPOSED,
        )
        self._opened = gate, behind
        return self._opened

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on that has passed, with who signed in where that is needed."""
        assert self._opened is not None
        gate = self._opened[0]
        sign_in = gate.sign_in
        inside = _without_headers(scope)
        if sign_in.needed:
            try:
                inside[USER] = await _user_of(_request(scope), sign_in)
            except SignInError as error:
                await _refuse(401, str(error), scope, send)
                return
            if _path(scope).split("/")[1] not in KNOWN:
                await _refuse(404, "Not Found", scope, send)
                return
        await BodyLimit(self._inner, gate.most_bytes, _refuse)(inside, receive, send)


async def _user_of(request: Request, sign_in: SignIn) -> str:
    """Return who sends a request."""
    given, keys = request.all("authorization"), request.all("x-api-key")
    if max(len(given), len(keys)) > 1:
        raise SignInError("Sign in: send one token.")
    return await sign_in.user_of(given[0] if given else None, keys[0] if keys else None)


async def _refuse(status: int, sentence: str, scope: Scope, send: Send) -> None:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    response = JSONResponse({"detail": sentence}, status, headers)
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get(
        "extensions", {}
    ):
        await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
        return
    await response(scope, _nothing, send)


async def _nothing() -> dict[str, str]:
    return {"type": "http.disconnect"}


def _request(scope: Scope) -> Request:
    """Return what of a request counts at the door."""
    client = scope.get("client")
    headers = [
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in scope["headers"]
    ]
    return Request(
        peer=client[0] if client else None,
        scheme=scope.get("scheme", "http"),
        method=scope.get("method", "GET"),
        headers=headers,
    )


def _path(scope: Scope) -> str:
    """Return the path of a request without the prefix that a server is mounted under."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _without_headers(scope: Scope) -> Scope:
    kept = [one for one in scope["headers"] if one[0].lower() not in _TAKEN_AWAY]
    return {**scope, "headers": kept}
