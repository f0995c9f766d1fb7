"""The suite that LangGraph publishes for checkpointers, whole, in each store."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.report import CapabilityReport

from app.conversations import ConversationSaver, open_conversations
from app.settings import Settings
from tests.postgresql import Databases

CASES = {
    "put": 17,
    "put_writes": 10,
    "get_tuple": 10,
    "list": 16,
    "delete_thread": 5,
    "delete_for_runs": 7,
    "copy_thread": 8,
    "prune": 8,
}
"""How many cases each part had when this was written: a suite that shrinks is noticed."""


def _passes(report: CapabilityReport) -> None:
    failures = [failure for part in report.results.values() for failure in part.failures or ()]
    assert failures == []
    passed = {name: part.tests_passed for name, part in report.results.items()}
    assert set(passed) == set(CASES)
    assert all(passed[name] >= least for name, least in CASES.items()), passed


def test_sqlite_conversations_conform(tmp_path: Path) -> None:
    numbers = count()

    @checkpointer_test(name="SQLite")
    async def ours() -> AsyncIterator[ConversationSaver]:
        saver = open_conversations(Settings(data_dir=tmp_path / str(next(numbers))))
        yield saver
        saver.close()

    _passes(asyncio.run(validate(ours)))


def test_postgresql_conversations_conform(databases: Databases) -> None:
    @checkpointer_test(name="PostgreSQL")
    async def ours() -> AsyncIterator[ConversationSaver]:
        saver = open_conversations(Settings(database_url=databases.empty()))
        yield saver
        saver.close()

    _passes(asyncio.run(validate(ours)))
