"""Give every test its own data directory, its own providers on loopback, and no network.

The process that hands out the tests reads this too, before any worker starts: what is heavy is
imported where it is needed.
"""

import asyncio
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import certifi
import hypothesis
import pytest

from app.clock import SystemClock
from app.settings import Settings
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.inside import enter
from tests.fakes.processes import Ended
from tests.fakes.warm import Warm, WarmProcess
from tests.netguard import sitecustomize

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.agent import Agent
    from app.reply import Reply
    from app.tasks import TaskService
    from tests.postgresql import Databases

hypothesis.settings.register_profile("small", deadline=None, max_examples=20)
hypothesis.settings.register_profile("ci", deadline=None)
hypothesis.settings.register_profile("long", deadline=None, max_examples=5000)
hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "small")
)

ROOT = Path(__file__).parent.parent
NETGUARD = Path(sitecustomize.__file__).parent
OURS = (
    *("APP_", "GEMINI_", "GOOGLE_", "GROQ_", "DATABASE_URL", "PRIMARY_LLM", "LOG_", "LANG"),
    *("LLM_", "ALERT_", "OTEL_", "AUTH_", "CORS_"),
)
__all__ = ["Ended", "enter"]
STORES = ("sqlite", "postgresql")
_ROOM = 2 * 2**30
"""Bytes that must be free for the temporary files of a run; far fewer are used."""
DEAD_PROXY = "http://127.0.0.1:9"
_WARM = pytest.StashKey[Warm]()


def pytest_configure(config: pytest.Config) -> None:
    """Start what all workers of a run share; it ends with the process that started it."""
    gc.disable()  # until all tests are imported, of which nothing is garbage
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job ignores it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    given: dict[str, str] | None = getattr(config, "workerinput", None)
    if given is None:
        _use_memory()
        place = tempfile.TemporaryDirectory(prefix="task-relay-warm-")
        config.add_cleanup(place.cleanup)
        os.environ["SSL_CERT_FILE"] = str(_one_certificate(Path(place.name)))
        started = WarmProcess(child_environment(), Path(place.name))
        config.add_cleanup(started.close)
        config.stash[_WARM] = Warm(started.address)
    else:
        config.stash[_WARM] = Warm(given["warm"])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Use one worker more than there are processors: tests wait for servers and terminals."""
    said = "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ
    return None if said else len(os.sched_getaffinity(0)) + 1


def pytest_collection_finish() -> None:
    """Let the garbage collector leave out what is imported by now, and look seldom at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1_000)
    gc.enable()


def _use_memory() -> None:
    """Let temporary files lie in memory where there is room, which takes a third less time."""
    memory = Path("/dev/shm")
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK):
        return
    free, flags = shutil.disk_usage(memory).free, os.statvfs(memory).f_flag
    if free > _ROOM and not flags & os.ST_NOEXEC:  # programs are put there too
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


def _one_certificate(place: Path) -> Path:
    """Write one of the usual certificates into a file; return the file.

    A model's client reads all that are known, 20 ms for each of its connections, also where its
    server is on loopback and speaks plain HTTP, as all servers here do.
    """
    end, file = "-----END CERTIFICATE-----\n", place / "certificate.pem"
    usual = Path(certifi.where()).read_text(encoding="utf-8")
    file.write_text(usual[: usual.index(end)] + end, encoding="utf-8")
    return file


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where that is."""
    node.workerinput["warm"] = node.config.stash[_WARM].address


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
def databases(warm: Warm) -> "Iterator[Databases]":
    """PostgreSQL, one for all workers, started at its first use."""
    from tests.postgresql import Databases

    made = Databases(*warm.postgresql())
    yield made
    made.close()


@pytest.fixture(scope="session")
def _postgresql_engine(databases: "Databases") -> "Iterator[Engine]":
    from app.database import open_engine

    opened = open_engine(databases.migrated())
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def _new_stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite files that a first start makes, with all tables and nothing in them."""
    from app.runtime.stores import Stores

    place = tmp_path_factory.mktemp("new")
    stores = Stores(Settings(data_dir=place), SystemClock())
    stores.tasks()
    stores.conversations()
    stores.close()
    return place


@pytest.fixture
def lay_stores(_new_stores: Path, data_dir: Path) -> Callable[..., Path]:
    """Lay empty SQLite files with all tables into a data directory, which costs no migration."""

    def lay(place: Path = data_dir) -> Path:
        if not place.exists():
            shutil.copytree(_new_stores, place)
            place.chmod(0o700)
        return place

    return lay


@pytest.fixture(params=STORES)
def engine(request: pytest.FixtureRequest, _new_stores: Path, tmp_path: Path) -> "Iterator[Engine]":
    """An empty store, once in SQLite and once in PostgreSQL."""
    from app.database import open_engine
    from tests.postgresql import emptied

    if request.param == "postgresql":
        shared: Engine = request.getfixturevalue("_postgresql_engine")
        yield shared
        emptied(shared)
        return
    shutil.copy(_new_stores / "tasks.db", tmp_path)
    opened = open_engine(f"sqlite:///{tmp_path}/tasks.db")
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
def postgresql_url(databases: "Databases") -> Iterator[str]:
    """The address of a database of its own in PostgreSQL, with tables."""
    url = databases.migrated()
    yield url
    databases.drop(url)


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest, _new_stores: Path, tmp_path: Path) -> str:
    """The address of a store of its own, once in each database."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    shutil.copy(_new_stores / "tasks.db", tmp_path)
    return f"sqlite:///{tmp_path}/tasks.db"


@pytest.fixture
def service(engine: "Engine", clock: FixedClock) -> "TaskService":
    """The task service over it."""
    from app.tasks import TaskService

    return TaskService(engine, clock)


@dataclass
class Relay:
    """The program over loopback providers, on one event loop."""

    agent: "Agent"
    runner: asyncio.Runner
    settings: Settings
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.settings.log_file

    def say(self, message: str, user: object = "ann", thread: object = None) -> "Reply":
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
def make_relay(data_dir: Path, lay_stores: Callable[..., Path]) -> Iterator[Callable[..., Relay]]:
    """Build the program from settings; its stores are made already, where they are files."""
    from app.agent import Agent

    made: list[Relay] = []

    def make(**settings: Any) -> Relay:
        clock = settings.pop("clock", None)
        all_settings = Settings(**{"data_dir": data_dir, "timezone": "UTC", **settings})
        if "database_url" not in settings:
            lay_stores(all_settings.data_dir)
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
    """Return the environment of a child process, which reaches loopback only.

    It keeps the bytecode of what it imports, or each child would compile the program anew.
    """
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    blocked = {"HTTP_PROXY": DEAD_PROXY, "HTTPS_PROXY": DEAD_PROXY, "NO_PROXY": "127.0.0.1"}
    quiet = {"LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1"}
    paths = {"PYTHONPATH": os.pathsep.join([str(NETGUARD), str(ROOT)])}
    return {**ours, **blocked, **quiet, **paths, **more}


@pytest.fixture(scope="session")
def warm(request: pytest.FixtureRequest) -> Warm:
    """The process in which all is imported, one for all workers."""
    return request.config.stash[_WARM]


@pytest.fixture
def command(tmp_path: Path, warm: Warm) -> Callable[..., Ended]:
    """Run `python -m app ...` as a process of its own, in an empty directory."""

    def run(*args: str, stdin: str | bytes | None = None, **environment: str) -> Ended:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        program = ("-m", "app", *args)
        return warm.run(program, given, tmp_path, child_environment(**environment))

    return run
