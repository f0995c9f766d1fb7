"""What we use of LangGraph's savers and don't find in their documentation.

Each test names one attribute. When it fails, that attribute of that package has changed, and
`app/conversations/savers` has to follow.
"""

import inspect
import re
from typing import Any

import pytest
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.sqlite import SqliteSaver

from app.conversations import open_conversations
from app.conversations.savers.postgresql_saver import PostgresConversations
from app.settings import Settings

PACKAGE = "langgraph-checkpoint-postgres"
CONFIG: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}


def test_postgres_saver_takes_every_cursor_from_its_private_method() -> None:
    given = inspect.signature(PostgresSaver._cursor).parameters  # noqa: SLF001
    changed = f"PostgresSaver._cursor of {PACKAGE} changed; PostgresConversations overrides it."
    assert list(given) == ["self", "pipeline"], changed
    assert given["pipeline"].kind is inspect.Parameter.KEYWORD_ONLY, changed
    source = inspect.getsource(PostgresSaver)
    elsewhere = source.replace(inspect.getsource(PostgresSaver._cursor), "")  # noqa: SLF001
    assert "get_connection" not in elsewhere, f"{changed} A cursor is made elsewhere too."
    assert "self.conn." not in elsewhere, f"{changed} A cursor is made elsewhere too."


def test_every_call_of_the_postgres_saver_goes_through_our_cursor(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver: Any = open_conversations(Settings(database_url=postgresql_url))
    ours, taken = PostgresConversations._cursor, [0]  # noqa: SLF001

    def counted(self: Any, *, pipeline: bool = True) -> Any:
        taken[0] += 1
        return ours(self, pipeline=pipeline)

    monkeypatch.setattr(PostgresConversations, "_cursor", counted)
    calls: dict[str, Any] = {
        "put": lambda: saver.put(CONFIG, empty_checkpoint(), {}, {}),
        "put_writes": lambda: saver.put_writes(saver.get_tuple(CONFIG).config, [("x", 1)], "1"),
        "get_tuple": lambda: saver.get_tuple(CONFIG),
        "list": lambda: list(saver.list(CONFIG)),
    }
    for name, call in calls.items():
        taken[0] = 0
        call()
        assert taken[0], f"PostgresSaver.{name} of {PACKAGE} no longer asks for self._cursor()."
    saver.close()


def test_migrations_of_the_postgres_saver_can_run_in_one_transaction() -> None:
    changed = f"PostgresSaver.MIGRATIONS of {PACKAGE} changed; _set_up runs them its own way."
    known = re.compile(r"CREATE TABLE IF NOT EXISTS|CREATE INDEX|ALTER TABLE|SELECT 1")
    steps = [" ".join(step.split()) for step in PostgresSaver.MIGRATIONS]
    assert "checkpoint_migrations ( v INTEGER PRIMARY KEY" in steps[0], changed
    for step in steps:
        assert known.match(step), f"{changed} New: {step}"
        inside = step.replace("CREATE INDEX CONCURRENTLY IF NOT EXISTS", "")
        assert "CONCURRENTLY" not in inside, f"{changed} New: {step}"


@pytest.mark.parametrize("name", ["conn", "supports_pipeline"])
def test_postgres_saver_keeps_what_it_was_given(postgresql_url: str, name: str) -> None:
    saver: Any = open_conversations(Settings(database_url=postgresql_url))
    assert hasattr(saver, name), f"PostgresSaver.{name} of {PACKAGE} is gone."
    saver.close()


def test_sqlite_saver_gives_a_cursor_that_commits() -> None:
    given = inspect.signature(SqliteSaver.cursor).parameters
    changed = "SqliteSaver.cursor of langgraph-checkpoint-sqlite changed."
    assert list(given) == ["self", "transaction"], changed
    assert given["transaction"].default is True, changed
