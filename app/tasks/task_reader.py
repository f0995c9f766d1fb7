"""Find and count tasks."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Unpack

from sqlalchemy import Connection, Engine

from ..clock import Clock
from ..database import reading
from ..errors import TaskRefusal
from . import dependencies
from .model import Owner, Page, Stats, Task
from .store import PAGE_SIZE, ListQuery, TaskRows, listed, stats_of
from .task_factory import RequestContext


class TaskReader:
    """The questions that the task service answers; see `TaskService`.

    Args:
        engine: Where the tasks are kept.
        clock: Where the time comes from.
        day_first: Whether 12/05 is the twelfth of May.
        connection: A transaction that is open already.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        day_first: bool = False,
        connection: Connection | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._day_first = day_first
        self._connection = connection

    def find(
        self, owner: Owner, *, offset: int = 0, limit: int = PAGE_SIZE, **query: Unpack[ListQuery]
    ) -> Page:
        """Return a page of tasks.

        Args:
            owner: Whose tasks.
            offset: How many tasks come before the page.
            limit: How many tasks it has at most.
            query: Filters and order; see `ListQuery`.
        """
        with self._reading() as connection:
            rows = TaskRows(connection, owner.user_id)
            return listed(rows, self._request(owner), query, offset, limit)

    def stats(self, owner: Owner, period: str | None = None) -> Stats:
        """Count tasks: how they stand now, and what was added and done in a period.

        Args:
            owner: Whose tasks.
            period: As `when` for done tasks; the last seven days when None.
        """
        with self._reading() as connection:
            return stats_of(TaskRows(connection, owner.user_id), self._request(owner), period or "")

    def waiting(self, owner: Owner) -> dict[int, tuple[int, ...]]:
        """Return the open blockers of each open task that has some, by id."""
        with self._reading() as connection:
            return TaskRows(connection, owner.user_id).waiting()

    def named(self, owner: Owner, references: Sequence[int | str]) -> tuple[Task, ...]:
        """Return the tasks that references name for sure, deleted ones too.

        Args:
            owner: Whose tasks.
            references: Ids and titles; only the first `MOST_IDS` are looked at.
        """
        with self._reading() as connection:
            rows = TaskRows(connection, owner.user_id)
            ids: list[int] = []
            for reference in references[: dependencies.MOST_IDS]:
                try:
                    ids += dependencies.ids_of(rows, [reference])
                except TaskRefusal:
                    continue
            return tuple(rows.get(ids).values())

    def _request(self, owner: Owner) -> RequestContext:
        return RequestContext(owner, self._clock.now(), self._day_first)

    def _reading(self) -> AbstractContextManager[Connection]:
        return reading(self._engine) if self._connection is None else nullcontext(self._connection)
