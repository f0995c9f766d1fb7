"""The real Aegra over a real PostgreSQL, with the project's own `langgraph.json`."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.conftest import ROOT, child_environment, provider_environment
from tests.fakes.aegra import aegra
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.served import Served
from tests.fakes.steps import says
from tests.postgresql import Databases


@dataclass(frozen=True)
class World:
    """Aegra, the two providers that it calls, and the database that it and we keep things in."""

    server: Served
    gemini: GeminiServer
    groq: GroqServer
    database: Engine

    def tasks(self, user: str) -> list[tuple[str, str]]:
        """Return a user's tasks: titles and statuses."""
        query = "SELECT title, status FROM task_relay_tasks WHERE user_id = :user ORDER BY id"
        with self.database.connect() as connection:
            return [
                (row.title, row.status) for row in connection.execute(text(query), {"user": user})
            ]

    def kept(self) -> str:
        """Return all that the database has of what was said, in Aegra's tables and in ours."""
        checkpoints = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
        tables = ("task_relay_transcript", "runs", *checkpoints)
        with self.database.connect() as connection:
            rows = [connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables]
        return str(rows)


@contextmanager
def world_of(databases: Databases, place: Path, **settings: str) -> Iterator[World]:
    """Start everything, for as long as the block lasts.

    Args:
        databases: Where a database is made.
        place: An empty directory.
        settings: Environment variables of the server.
    """
    project = place / "project"
    project.mkdir()
    shutil.copy(ROOT / "langgraph.json", project)
    (project / "app").symlink_to(ROOT / "app")
    gemini, groq, url = GeminiServer(), GroqServer(), databases.empty()
    environment = child_environment(
        **provider_environment(gemini, groq),
        DATABASE_URL=url.replace("%2F", "/"),  # Aegra reads % in it as its own
        APP_DATA_DIR=str(place / "data"),
        APP_USER="aegra-user",
        APP_TIMEZONE="UTC",
        **settings,
    )
    database = create_engine(url)
    try:
        with aegra(project, place / "output.txt", environment) as server:
            yield World(server, gemini, groq, database)
    finally:
        database.dispose()
        databases.drop(url)
        gemini.stop()
        groq.stop()


@pytest.fixture(scope="session")
def open_world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Aegra at which nobody signs in."""
    with world_of(databases, tmp_path_factory.mktemp("aegra")) as made:
        yield made


@pytest.fixture
def world(open_world: World) -> World:
    """The same, with providers that have heard and are to say nothing else."""
    for provider in (open_world.gemini, open_world.groq):
        provider.plays(says("Hello! How can I help?"))
        provider.requests.clear()
    return open_world


def ask(said: str, **more: Any) -> dict[str, Any]:
    """Return a run that says something.

    Args:
        said: What.
        more: Other fields of the run.
    """
    message = {"role": "user", "content": said}
    return {"assistant_id": "agent", "input": {"messages": [message]}, **more}
