"""The door before every route: what a request finds with and without sign-in."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from app.runtime import SignIn
from app.server.authentication import Gate
from app.server.door import USER, Door, behind_the_door
from app.server.door.door import NOBODY_SIGNS_IN
from app.settings import Settings

ANN = "a" * 32
BEARER = {"authorization": f"Bearer {ANN}"}
LISTED, STUDIO, EVIL = (
    "http://localhost:3000",
    "https://smith.langchain.com",
    "https://evil.example",
)
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "a, b"}


@dataclass
class Asked:
    """An application that notes what reaches it."""

    scopes: list[Scope] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"inside"})
        elif scope["type"] == "websocket":
            await send({"type": "websocket.accept"})


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def detail(self) -> str:
        return str(json.loads(self.body)["detail"])


class World:
    """A door before an application."""

    def __init__(self, settings: Settings, command: str = "") -> None:
        self.inner = Asked()
        gate = Gate(SignIn(settings), settings.cors_origins)
        self.door = Door(self.inner, lambda: gate, lambda: (command.split(), {}))

    def send(self, **scope: Any) -> list[Message]:
        sent: list[Message] = []
        headers = scope.pop("headers", {})
        pairs = headers.items() if isinstance(headers, dict) else headers
        whole: Scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/threads",
            "root_path": "",
            "client": ("127.0.0.1", 5),
            **scope,
            "headers": [(b"host", b"127.0.0.1"), *((k.encode(), v.encode()) for k, v in pairs)],
        }

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        asyncio.run(self.door(whole, receive, send))
        return sent

    def ask(self, path: str = "/threads", method: str = "GET", **more: Any) -> Answer:
        start, body = self.send(path=path, method=method, **more)
        headers = {k.decode(): v.decode() for k, v in start["headers"]}
        return Answer(start["status"], headers, body["body"])


@pytest.fixture
def local() -> World:
    return World(Settings(cors_origins=LISTED))


@pytest.fixture
def closed(tmp_path: Path) -> World:
    people = tmp_path / "people"
    people.write_text(f"ann {ANN}\n")
    people.chmod(0o600)
    return World(Settings(cors_origins=LISTED, auth_tokens=people))


def test_without_sign_in_the_machine_s_person_comes_in_and_nobody_else(local: World) -> None:
    assert local.ask().body == b"inside"
    assert USER not in local.inner.scopes[0]
    refused = local.ask(client=("10.0.0.1", 5))
    assert (refused.status, len(local.inner.scopes)) == (403, 1)
    assert "AUTH_TOKENS" in refused.detail
    for path in ("/ok", "/", "/docs", "/openapi.json", "/mcp", "/a2a/x", "/store/items", "/x"):
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            assert local.ask(path, method, headers={"origin": EVIL}).status == 403
    assert len(local.inner.scopes) == 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitors_come_in_either_way(local: World, closed: World, path: str) -> None:
    for world in (local, closed):
        asked = world.ask(path, client=("10.0.0.1", 5), headers={"x-forwarded-for": "1.2.3.4"})
        assert asked.body == b"inside"
        assert world.ask(path, root_path="/x").status in (401, 200)
        assert world.ask(f"/x{path}", root_path="/x", client=None).body == b"inside"
        assert world.ask(f"{path}/", client=None).status in (401, 403)
        assert world.ask(f"/{path}", client=None).status in (401, 403)
        foreign = world.ask(path, headers={"origin": EVIL})
        assert "access-control-allow-origin" not in foreign.headers


def test_with_sign_in_only_who_shows_a_token_comes_in(closed: World) -> None:
    for headers in ({}, {"authorization": f"Bearer {ANN}x"}, {"x-auth-scheme": "langsmith"}):
        refused = closed.ask(headers=headers)
        assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert refused.detail.startswith("Sign in: ")
    assert closed.ask(headers=[*BEARER.items(), ("authorization", "Bearer x")]).status == 401
    for name in ("authorization", "x-api-key"):
        assert closed.ask(headers=[(name, f"Bearer {ANN}"), (name, ANN)]).status == 401
    assert closed.inner.scopes == []
    far = closed.ask(client=("10.0.0.1", 5), headers={**BEARER, "x-forwarded-for": "1.2.3.4"})
    assert far.body == b"inside"
    assert closed.ask(headers={"x-api-key": ANN}).body == b"inside"
    assert [scope[USER] for scope in closed.inner.scopes] == ["ann", "ann"]


def test_nobody_comes_in_as_studio_and_no_server_judges_origins_again(closed: World) -> None:
    closed.ask(headers={**BEARER, "x-auth-scheme": "langsmith", "origin": LISTED, "x-other": "1"})
    names = [name for name, _ in closed.inner.scopes[0]["headers"]]
    assert names == [b"host", b"authorization", b"x-other"]


@pytest.mark.parametrize("origin", [LISTED, STUDIO])
def test_pages_that_are_listed_may_call_and_read(local: World, closed: World, origin: str) -> None:
    for world in (local, closed):
        asked = world.ask(method="OPTIONS", headers={"origin": origin, **PREFLIGHT})
        assert (asked.status, asked.headers["access-control-allow-origin"]) == (200, origin)
        assert asked.headers["access-control-allow-headers"] == "a, b"
        read = world.ask(headers={"origin": origin, **BEARER})
        assert (read.body, read.headers["access-control-allow-origin"]) == (b"inside", origin)
    refused = closed.ask(headers={"origin": origin})
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (401, origin)


@pytest.mark.parametrize("origin", [EVIL, "null", "*", "http://127.0.0.1:9"])
def test_other_pages_may_neither_ask_nor_read(local: World, closed: World, origin: str) -> None:
    for world in (local, closed):
        asked = world.ask(method="OPTIONS", headers={"origin": origin, **PREFLIGHT})
        assert asked.status in (400, 403)
        assert "access-control-allow-origin" not in asked.headers
        read = world.ask(headers={"origin": origin, **BEARER})
        assert "access-control-allow-origin" not in read.headers
        assert "access-control-allow-credentials" not in read.headers
    assert local.inner.scopes == []


def test_websocket_is_held_to_the_same(local: World, closed: World) -> None:
    socket: dict[str, Any] = {"type": "websocket", "scheme": "ws"}
    assert local.send(**socket)[0]["type"] == "websocket.accept"
    (refused,) = local.send(**socket, headers={"origin": EVIL})
    assert refused["type"] == "websocket.close"
    told = closed.send(**socket, extensions={"websocket.http.response": {}})
    assert (told[0]["type"], told[0]["status"]) == ("websocket.http.response.start", 401)
    assert closed.send(**socket, headers=BEARER)[0]["type"] == "websocket.accept"


def test_server_s_requests_to_itself_come_in_and_no_path_looks_like_one(closed: World) -> None:
    assert closed.ask(root_path="/noauth").body == b"inside"
    assert closed.ask(root_path="/noauth/prefix").body == b"inside"
    for path, root in (("/noauth", ""), ("/noauth/threads", ""), ("/threads", "/noauthx")):
        assert closed.ask(path, root_path=root).status == 401


def started(door: Door) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    asyncio.run(door({"type": "lifespan"}, receive, send))
    return sent


def test_start_says_that_nobody_signs_in(
    local: World, closed: World, capfd: pytest.CaptureFixture[str]
) -> None:
    assert started(closed.door) == []
    assert capfd.readouterr().err == ""
    assert started(local.door) == []
    assert capfd.readouterr().err == f"{NOBODY_SIGNS_IN}\n"
    assert [scope["type"] for scope in local.inner.scopes] == ["lifespan"]


def test_server_that_others_would_reach_doesn_t_start(closed: World) -> None:
    world = World(Settings(), "uvicorn app:app --host 0.0.0.0")
    (failed,) = started(world.door)
    assert failed["type"] == "lifespan.startup.failed"
    assert "listen on 0.0.0.0" in failed["message"]
    assert world.ask().status == 503, "nor does it answer where a server skips the start"
    assert world.inner.scopes == []


def test_settings_that_are_wrong_stop_the_start_with_their_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.server.authentication import gate

    monkeypatch.setenv("AUTH_TOKENS", str(tmp_path / "nowhere"))
    gate.cache_clear()
    door = Door(Asked())
    (failed,) = started(door)
    assert f"{tmp_path / 'nowhere'} is missing" in failed["message"]
    gate.cache_clear()


def test_door_stands_before_all_that_is_added_later() -> None:
    app = behind_the_door(Starlette())
    reached: list[str] = []

    class Later:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            reached.append(scope["path"])
            await self.app(scope, receive, send)

    app.add_middleware(Later)
    world = World(Settings())
    world.door = app  # type: ignore[assignment]
    assert world.ask(headers={"origin": EVIL}).status == 403
    assert reached == []
    assert world.ask().status == 404
    assert reached == ["/threads"]
