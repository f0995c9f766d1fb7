from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from app.database import open_engine, upgrade
from app.tasks import Owner, TaskService
from tests.fakes.clock import FixedClock


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path}/tasks.db")
    upgrade(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def service(engine: Engine, clock: FixedClock) -> TaskService:
    return TaskService(engine, clock)


@pytest.fixture
def ann() -> Owner:
    return Owner("ann", ZoneInfo("America/New_York"))


@pytest.fixture
def bob() -> Owner:
    return Owner("bob", ZoneInfo("America/New_York"))
