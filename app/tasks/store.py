"""Read and write the rows of one owner's tasks, inside a transaction that the service opens."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, update
from sqlalchemy import insert as insert_row

from app.tasks.model import Status, Task
from app.tasks.rows import changes, counters, from_row, from_snapshot, tasks, to_row, to_snapshot


class TaskRows:
    """The rows of one user on one connection; nothing here can reach another user's."""

    def __init__(self, connection: Connection, user_id: str) -> None:
        self._connection = connection
        self._user_id = user_id

    def next_id(self) -> int:
        """Give out the next id; it is never given again, whatever happens to the task."""
        mine = counters.c.user_id == self._user_id
        last = self._connection.scalar(select(counters.c.last_task_id).where(mine))
        if last is None:
            first = insert_row(counters).values(user_id=self._user_id, last_task_id=1)
            self._connection.execute(first)
        else:
            following = update(counters).where(mine).values(last_task_id=last + 1)
            self._connection.execute(following)
        return (last or 0) + 1

    def get(self, task_ids: Iterable[int]) -> dict[int, Task]:
        """Return the tasks that exist, deleted ones too, by id."""
        wanted = tasks.c.id.in_({one for one in task_ids if 0 < one <= _LARGEST_ID})
        return {task.id: task for task in self._tasks(wanted)}

    def find_open(self, key: str, due_row: dict[str, Any]) -> Task | None:
        """Return the open task with this title key and due, if there is one."""
        same = [tasks.c[name].is_not_distinct_from(due_row[name]) for name in _DUE_COLUMNS]
        found = self._tasks(
            and_(tasks.c.title_key == key, tasks.c.status == Status.OPEN.value, *same)
        )
        return found[0] if found else None

    def open_with_title(self, key: str) -> list[Task]:
        """Return the open tasks with this title key."""
        return self._tasks(and_(tasks.c.title_key == key, tasks.c.status == Status.OPEN.value))

    def page(
        self, where: Sequence[ColumnElement[bool]], offset: int, limit: int
    ) -> tuple[tuple[Task, ...], int]:
        """Return one page of the matching tasks, soonest due first, and their number."""
        matching = and_(tasks.c.user_id == self._user_id, *where)
        total = self._connection.scalar(select(func.count()).select_from(tasks).where(matching))
        order = (
            tasks.c.due_date.is_(None),
            tasks.c.due_date,
            tasks.c.due_utc.is_(None),
            tasks.c.due_utc,
            tasks.c.id,
        )
        rows = self._connection.execute(
            select(tasks).where(matching).order_by(*order).offset(offset).limit(limit)
        )
        return tuple(from_row(row) for row in rows.mappings()), total or 0

    def change(
        self, action: str, made_at: datetime, before: Sequence[Task], after: Sequence[Task]
    ) -> None:
        """Write tasks as they are after a change, and the change itself into the history."""
        known = {task.id for task in before}
        for task in after:
            row = to_row(task)
            if task.id in known:
                self._update(task.id, row)
            else:
                self._connection.execute(insert_row(tasks).values(user_id=self._user_id, **row))
        self._connection.execute(
            insert_row(changes).values(
                user_id=self._user_id,
                made_at=made_at,
                action=action,
                before=[to_snapshot(task) for task in before],
                after=[to_snapshot(task) for task in after],
                undone=False,
            )
        )

    def undo_last(self) -> tuple[str, list[int]] | None:
        """Put back what the last change changed; return its action and the ids, or None."""
        mine = and_(changes.c.user_id == self._user_id, changes.c.undone.is_(False))
        last = (
            self._connection.execute(
                select(changes).where(mine).order_by(changes.c.id.desc()).limit(1)
            )
            .mappings()
            .first()
        )
        if last is None:
            return None
        before = {snapshot["id"]: from_snapshot(snapshot) for snapshot in last["before"]}
        ids = [snapshot["id"] for snapshot in last["after"]]
        for task_id in ids:
            self._update(task_id, before.get(task_id, {"status": Status.DELETED.value}))
        self._connection.execute(
            update(changes).where(changes.c.id == last["id"]).values(undone=True)
        )
        return last["action"], ids

    def _update(self, task_id: int, row: dict[str, Any]) -> None:
        mine = and_(tasks.c.user_id == self._user_id, tasks.c.id == task_id)
        self._connection.execute(update(tasks).where(mine).values(**row))

    def _tasks(self, condition: ColumnElement[bool]) -> list[Task]:
        mine = and_(tasks.c.user_id == self._user_id, condition)
        rows = self._connection.execute(select(tasks).where(mine).order_by(tasks.c.id))
        return [from_row(row) for row in rows.mappings()]


_DUE_COLUMNS = ("due_date", "due_utc")
_LARGEST_ID = 2**31 - 1
