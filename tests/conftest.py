"""Give every test its own data directory, its own providers on loopback, and no network."""

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Engine

from app.agent import Agent
from app.database import open_engine, upgrade
from app.reply import Reply
from app.settings import Settings
from app.tasks import TaskService
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.inside import enter
from tests.fakes.processes import Ended
from tests.fakes.warm import Warm
from tests.netguard import sitecustomize
from tests.postgresql import Databases, emptied, server

hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

ROOT = Path(__file__).parent.parent
NETGUARD = Path(sitecustomize.__file__).parent
OURS = (
    *("APP_", "GEMINI_", "GOOGLE_", "GROQ_", "DATABASE_URL", "PRIMARY_LLM", "LOG_", "LANG"),
    *("LLM_", "ALERT_", "OTEL_"),
)
__all__ = ["Ended", "enter"]
STORES = ("sqlite", "postgresql")
DEAD_PROXY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no setting of the machine reach a test."""
    for name in list(os.environ):
        if name.startswith(OURS) or name in ("COLUMNS", "LINES"):  # xdist sets these
            monkeypatch.delenv(name)
    monkeypatch.setenv("APP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Where a test's databases and log are."""
    return tmp_path / "data"


@pytest.fixture
def gemini() -> Iterator[GeminiServer]:
    """Gemini on loopback; its rules must not have been broken."""
    server = GeminiServer()
    yield server
    server.stop()
    assert server.refusals == []


@pytest.fixture
def groq() -> Iterator[GroqServer]:
    """Groq on loopback; its rules must not have been broken."""
    server = GroqServer()
    yield server
    server.stop()
    assert server.refusals == []


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at Wed 2026-03-04 22:30 in New York."""
    return FixedClock()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """PostgreSQL, started at its first use."""
    with server() as address:
        made = Databases(address)
        yield made
        made.close()


@pytest.fixture(scope="session")
def _postgresql_engine(databases: Databases) -> Iterator[Engine]:
    opened = open_engine(databases.migrated())
    yield opened
    opened.dispose()


@pytest.fixture(params=STORES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty store, once in SQLite and once in PostgreSQL."""
    if request.param == "postgresql":
        shared: Engine = request.getfixturevalue("_postgresql_engine")
        yield shared
        emptied(shared)
        return
    opened = open_engine(f"sqlite:///{tmp_path}/tasks.db")
    upgrade(opened)
    yield opened
    opened.dispose()


@pytest.fixture(params=STORES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store of its own, without tables, once in each database."""
    if request.param == "postgresql":
        made: Databases = request.getfixturevalue("databases")
        url = made.empty()
        yield url
        made.drop(url)
        return
    yield f"sqlite:///{tmp_path}/tasks.db"


@pytest.fixture
def postgresql_url(databases: Databases) -> Iterator[str]:
    """The address of a database of its own in PostgreSQL, with tables."""
    url = databases.migrated()
    yield url
    databases.drop(url)


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store of its own, once in each database."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/tasks.db"


@pytest.fixture
def service(engine: Engine, clock: FixedClock) -> TaskService:
    """The task service over it."""
    return TaskService(engine, clock)


@dataclass
class Relay:
    """The program over loopback providers, on one event loop."""

    agent: Agent
    runner: asyncio.Runner
    settings: Settings
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.settings.log_file

    def say(self, message: str, user: object = "ann", thread: object = None) -> Reply:
        """Say something, and return the reply."""
        return self.runner.run(self.agent.process_message(user, message, thread))

    def end(self) -> None:
        """Close the program as a process that ends does: first its loop, then the rest."""
        self.runner.close()
        self.agent.close()

    def restart(self) -> None:
        """Close the program; what is said next finds a new process's state."""
        self.end()
        self.runner = asyncio.Runner()

    def log_lines(self) -> list[str]:
        """Close the program, and return what its log says, without time and level."""
        self.end()
        return [line.split(": ", 1)[1] for line in self.log.read_text().splitlines()]


@pytest.fixture
def make_relay(data_dir: Path) -> Iterator[Callable[..., Relay]]:
    """Build the program from settings."""
    made: list[Relay] = []

    def make(**settings: Any) -> Relay:
        clock = settings.pop("clock", None)
        all_settings = Settings(**{"data_dir": data_dir, "timezone": "UTC", **settings})
        made.append(Relay(Agent(all_settings, clock), asyncio.Runner(), all_settings))
        return made[-1]

    yield make
    for relay in made:
        relay.end()


@pytest.fixture
def relay(make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer) -> Relay:
    """The program with both providers."""
    return make_relay(**provider_settings(gemini, groq))


def provider_settings(gemini: GeminiServer, groq: GroqServer) -> dict[str, str]:
    """Return the settings that point at the loopback providers."""
    return {
        "gemini_api_key": gemini.key,
        "gemini_base_url": gemini.url,
        "groq_api_key": groq.key,
        "groq_base_url": groq.url,
    }


def provider_environment(gemini: GeminiServer, groq: GroqServer) -> dict[str, str]:
    """Return the same as `provider_settings`, for another process."""
    return {name.upper(): value for name, value in provider_settings(gemini, groq).items()}


def child_environment(**more: str) -> dict[str, str]:
    """Return the environment of a child process, which reaches loopback only."""
    blocked = {"HTTP_PROXY": DEAD_PROXY, "HTTPS_PROXY": DEAD_PROXY, "NO_PROXY": "127.0.0.1"}
    quiet = {"LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1"}
    paths = {"PYTHONPATH": os.pathsep.join([str(NETGUARD), str(ROOT)])}
    return {**os.environ, **blocked, **quiet, **paths, **more}


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """A process in which all is imported, started at its first use."""
    started = Warm(child_environment(), tmp_path_factory.mktemp("warm"))
    yield started
    started.close()


@pytest.fixture
def command(tmp_path: Path, warm: Warm) -> Callable[..., Ended]:
    """Run `python -m app ...` as a process of its own, in an empty directory."""

    def run(*args: str, stdin: str | bytes | None = None, **environment: str) -> Ended:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        return warm.run(args, given, tmp_path, child_environment(**environment))

    return run
