from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, create_engine

from app.database import metadata
from app.tasks import Owner, TaskArchive, TaskService
from app.tasks.store.queries import TaskRows
from tests.fakes.clock import FixedClock


@pytest.fixture
def ann() -> Owner:
    return Owner("ann", ZoneInfo("America/New_York"))


@pytest.fixture
def bob() -> Owner:
    return Owner("bob", ZoneInfo("America/New_York"))


@pytest.fixture
def memory() -> Iterator[Engine]:
    """An empty store in memory, of this thread alone, with the tables as the code knows them.

    For the rules of a policy; what a database does itself is tested with `engine`.
    """
    opened = create_engine("sqlite://")
    metadata.create_all(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(memory: Engine) -> Iterator[Connection]:
    """A transaction in it."""
    with memory.begin() as opened:
        yield opened


@pytest.fixture
def memory_service(memory: Engine, clock: FixedClock) -> TaskService:
    """The task service over it."""
    return TaskService(memory, clock)


@pytest.fixture
def memory_archive(memory: Engine, clock: FixedClock) -> TaskArchive:
    """What imports, exports and purges, over it."""
    return TaskArchive(memory, clock)


@pytest.fixture
def rows(connection: Connection) -> TaskRows:
    """Ann's tasks in it; there are none yet."""
    return TaskRows(connection, "ann")
