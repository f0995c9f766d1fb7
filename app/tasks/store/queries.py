"""Read and write the rows of one owner's tasks, inside a transaction that the service opens."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, update
from sqlalchemy import insert as insert_row

from ...database import in_code_order
from ...errors import TaskRefusal
from ..model import Owner, Status, Task
from .rows import completions, counters, from_row, ids_in, tasks, to_row
from .sorting import LIGHT_COLUMNS, by_urgency

Condition = ColumnElement[bool]


def scope_of(owner: Owner) -> str:
    """Return the scope of a write transaction on one user's tasks."""
    return f"tasks of {owner.user_id}"


class TaskRows:
    """The rows of one user on one connection; nothing here can reach another user's."""

    def __init__(self, connection: Connection, user_id: str) -> None:
        self._connection = connection
        self._user_id = user_id

    def next_id(self) -> int:
        """Give out the next id; it is never given again, whatever happens to the task."""
        return self.next_ids(1)

    def next_ids(self, count: int) -> int:
        """Give out several ids in a row; return the first.

        Raises:
            TaskRefusal: They would be larger than a column holds.
        """
        mine = counters.c.user_id == self._user_id
        last = self._connection.scalar(select(counters.c.last_task_id).where(mine))
        if (last or 0) + count > _LARGEST_ID:
            raise TaskRefusal("There are no numbers left for new tasks.")
        if last is None:
            first = insert_row(counters).values(user_id=self._user_id, last_task_id=count)
            self._connection.execute(first)
        else:
            following = update(counters).where(mine).values(last_task_id=last + count)
            self._connection.execute(following)
        return (last or 0) + 1

    def get(self, task_ids: Iterable[int]) -> dict[int, Task]:
        """Return the tasks that exist, deleted ones too, by id."""
        possible = sorted({task_id for task_id in task_ids if 0 < task_id <= _LARGEST_ID})
        chunks = (possible[n : n + _CHUNK] for n in range(0, len(possible), _CHUNK))
        return {task.id: task for chunk in chunks for task in self.where(tasks.c.id.in_(chunk))}

    def find_open(self, key: str, due_row: dict[str, Any]) -> Task | None:
        """Return an open task with this title key and due, if there is one.

        Args:
            key: The title as `title_key` writes it.
            due_row: Columns of a task with that due.
        """
        same = [tasks.c[name].is_not_distinct_from(due_row[name]) for name in _DUE_COLUMNS]
        matches = self.where(tasks.c.title_key == key, tasks.c.status == _OPEN, *same)
        return matches[0] if matches else None

    def open_with_title(self, key: str) -> list[Task]:
        """Return the open tasks with this title key."""
        return self.where(tasks.c.title_key == key, tasks.c.status == _OPEN)

    def open_subtasks(self, task_id: int) -> tuple[int, ...]:
        """Return the ids of a task's open subtasks."""
        return self._ids(tasks.c.parent_id == task_id, tasks.c.status == _OPEN)

    def open_among(self, task_ids: Sequence[int]) -> tuple[int, ...]:
        """Return those of some ids whose task is open."""
        return self._ids(tasks.c.id.in_(task_ids), tasks.c.status == _OPEN) if task_ids else ()

    def waiting(self) -> dict[int, tuple[int, ...]]:
        """Return the open blockers of each open task that has some."""
        mine = and_(tasks.c.user_id == self._user_id, tasks.c.status == _OPEN)
        rows = self._connection.execute(
            select(tasks.c.id, tasks.c.blocked_by).where(mine, tasks.c.blocked_by != "")
        )
        named = {task_id: ids_in(listed) for task_id, listed in rows}
        still = set(
            self.open_among([task_id for blockers in named.values() for task_id in blockers])
        )
        waiting = {
            task_id: tuple(blocker for blocker in blockers if blocker in still)
            for task_id, blockers in named.items()
        }
        return {task_id: blockers for task_id, blockers in waiting.items() if blockers}

    def links(self) -> dict[int, tuple[int | None, tuple[int, ...]]]:
        """Return parent and blockers of each task that has some, deleted ones too."""
        linked = tasks.c.parent_id.is_not(None) | (tasks.c.blocked_by != "")
        rows = self._connection.execute(
            select(tasks.c.id, tasks.c.parent_id, tasks.c.blocked_by).where(
                tasks.c.user_id == self._user_id, linked
            )
        )
        return {task_id: (parent, ids_in(listed)) for task_id, parent, listed in rows}

    def count(self, *where: Condition) -> int:
        """Return how many tasks match."""
        matching = and_(tasks.c.user_id == self._user_id, *where)
        query = select(func.count()).select_from(tasks).where(matching)
        return self._connection.scalar(query) or 0

    def page(
        self,
        where: Sequence[Condition],
        order: Sequence[ColumnElement[Any]],
        offset: int,
        limit: int,
    ) -> tuple[tuple[Task, ...], int]:
        """Return one page of the matching tasks, and how many match in all.

        Args:
            where: What they match.
            order: What they are ordered by.
            offset: How many come before the page.
            limit: How many it has at most.
        """
        matching = and_(tasks.c.user_id == self._user_id, *where)
        rows = self._connection.execute(
            select(tasks).where(matching).order_by(*order).offset(offset).limit(limit)
        )
        return tuple(from_row(row) for row in rows.mappings()), self.count(*where)

    def page_by_urgency(
        self, where: Sequence[Condition], now: datetime, today: date, offset: int, limit: int
    ) -> tuple[tuple[Task, ...], int]:
        """Return one page of the matching tasks, the most urgent first, and how many match.

        Args:
            where: What they match.
            now: The instant, which says how old a task is.
            today: The owner's day, which says how near a due is.
            offset: How many come before the page.
            limit: How many it has at most.
        """
        matching = and_(tasks.c.user_id == self._user_id, *where)
        rows = self._connection.execute(select(*LIGHT_COLUMNS).where(matching)).all()
        ids = by_urgency(rows, self.waiting(), now, today)
        page = ids[offset : offset + limit]
        stored = self.get(page)
        return tuple(stored[task_id] for task_id in page), len(ids)

    def projects(self) -> list[tuple[str, int]]:
        """Return the projects with open tasks, and how many each has, the largest first."""
        count, name = func.count(), func.min(in_code_order(tasks.c.project))
        rows = self._connection.execute(
            select(name, count)
            .where(tasks.c.user_id == self._user_id, tasks.c.status == _OPEN)
            .where(tasks.c.project_key.is_not(None))
            .group_by(tasks.c.project_key)
            .order_by(count.desc(), in_code_order(name))
        )
        return [(project, number) for project, number in rows]

    def done_instances(self, where: Condition) -> dict[int, tuple[int, datetime]]:
        """Return how often repeating tasks were done, and when last, by id."""
        rows = self._connection.execute(
            select(completions.c.task_id, func.count(), func.max(completions.c.completed_at))
            .where(completions.c.user_id == self._user_id, where)
            .group_by(completions.c.task_id)
        )
        return {task_id: (count, last) for task_id, count, last in rows}

    def where(self, *conditions: Condition) -> list[Task]:
        """Return the tasks that match, by id."""
        mine = and_(tasks.c.user_id == self._user_id, *conditions)
        rows = self._connection.execute(select(tasks).where(mine).order_by(tasks.c.id))
        return [from_row(row) for row in rows.mappings()]

    def write(self, before: Sequence[Task], after: Sequence[Task]) -> None:
        """Write tasks as they are after a change.

        Args:
            before: The tasks as they were; a new one isn't in it.
            after: The tasks as they are now.
        """
        known = {task.id for task in before}
        fresh = [
            {"user_id": self._user_id, **to_row(task)} for task in after if task.id not in known
        ]
        if fresh:
            self._connection.execute(insert_row(tasks), fresh)
        for task in after:
            if task.id in known:
                self.overwrite(task.id, to_row(task))

    def overwrite(self, task_id: int, row: dict[str, Any]) -> None:
        """Set columns of one task.

        Args:
            task_id: The task.
            row: The columns' values, by name.
        """
        mine = and_(tasks.c.user_id == self._user_id, tasks.c.id == task_id)
        self._connection.execute(update(tasks).where(mine).values(**row))

    def _ids(self, *conditions: Condition) -> tuple[int, ...]:
        mine = and_(tasks.c.user_id == self._user_id, *conditions)
        return tuple(self._connection.scalars(select(tasks.c.id).where(mine).order_by(tasks.c.id)))


_CHUNK = 500
"""Ids in one query; databases allow only so many."""
_DUE_COLUMNS = ("due_date", "due_utc")
_LARGEST_ID = 2**31 - 1
_OPEN = Status.OPEN.value
