"""Bring tasks into the store and out of it: all of them or none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, delete, select, update

from ..errors import TaskRefusal
from .actions import IMPORT
from .dependencies import reaches
from .history import History
from .model import ImportCounts, Portable, Status, Task
from .store.queries import TaskRows
from .store.rows import changes, completions, tasks

_CHUNK = 500
ProgressCallback = Callable[[int], None]
"""Told how many tasks are done since it was last told."""


class Transfer:
    """One owner's tasks on the move, inside a transaction that the service opens."""

    def __init__(self, connection: Connection, user_id: str) -> None:
        self._connection = connection
        self._user_id = user_id
        self._rows = TaskRows(connection, user_id)

    def everything(self) -> list[Portable]:
        """Return all tasks, deleted ones too, by id."""
        found = self._rows.where()
        uuids = {task.id: task.uuid for task in found}
        done = self._completions()
        return [
            Portable(
                task,
                uuids.get(task.parent_id or 0),
                tuple(uuids[one] for one in task.blocked_by if one in uuids),
                tuple(done.get(task.id, ())),
            )
            for task in found
        ]

    def bring_in(
        self, incoming: Sequence[Portable], now: datetime, tick: ProgressCallback, *, upsert: bool
    ) -> ImportCounts:
        """Add tasks; with `upsert` one of a known UUID takes the place of the stored one.

        Without it, a task that is there already in every field is passed over.

        Raises:
            TaskRefusal: A link leads nowhere or in a circle; the text names the line.
        """
        count = len(incoming)
        stored = {task.uuid: task for task in self._rows.where()}
        if not upsert:
            incoming = _without_copies(incoming, stored.values())
        settled = self._settled(incoming, stored)
        _refuse_circles(incoming, settled, stored)
        after = [task for task in settled.values() if stored.get(task.uuid) != task]
        before = [stored[task.uuid] for task in after if task.uuid in stored]
        known = {task.uuid for task in before}
        history = History(self._connection, self._user_id)
        for start in range(0, len(after), _CHUNK):
            self._rows.write(before, after[start : start + _CHUNK])
            tick(len(after[start : start + _CHUNK]))
        fresh = self._fresh_completions(incoming, settled)
        if after or fresh:
            history.note(IMPORT, now, before, after, done=fresh)
        updated = len(known)
        return ImportCounts(len(after) - updated, updated, count - len(after))

    def purge(self) -> int:
        """Remove deleted tasks for good, with all that the history holds of them."""
        gone = {task.id for task in self._rows.where(tasks.c.status == Status.DELETED.value)}
        if not gone:
            return 0
        self._forget_in_history(gone)
        self._forget_in_links(gone)
        listed = sorted(gone)
        for column in (completions.c.task_id, tasks.c.id):
            for start in range(0, len(listed), _CHUNK):
                chunk = column.in_(listed[start : start + _CHUNK])
                mine = and_(column.table.c.user_id == self._user_id, chunk)
                self._connection.execute(delete(column.table).where(mine))
        return len(gone)

    def _forget_in_links(self, gone: set[int]) -> None:
        """Let no task hang on one that is no more."""
        hanging = [
            task_id
            for task_id, (parent, blockers) in self._rows.links().items()
            if task_id not in gone and gone & {parent, *blockers}
        ]
        for task in self._rows.get(hanging).values():
            parent = None if task.parent_id in gone else task.parent_id
            ahead = tuple(one for one in task.blocked_by if one not in gone)
            freed = replace(task, parent_id=parent, blocked_by=ahead)
            self._rows.write([task], [freed])

    def _settled(self, incoming: Sequence[Portable], stored: dict[UUID, Task]) -> dict[UUID, Task]:
        """Return the tasks as they will be stored: with ids, and ids for links."""
        taken = {task.id for task in stored.values()}
        fresh = [one for one in incoming if one.task.uuid not in stored]
        wanted = [one.task.id for one in fresh]
        last = self._rows.next_ids(0) - 1
        keep = (
            len(set(wanted)) == len(wanted)
            and not taken & set(wanted)
            and all(one > last for one in wanted)
        )
        highest = max([last, *wanted]) if keep else last + len(fresh)
        self._rows.next_ids(highest - last)
        ids = {
            one.task.uuid: one.task.id if keep else last + 1 + place
            for place, one in enumerate(fresh)
        }
        ids |= {uuid: task.id for uuid, task in stored.items()}
        return {one.task.uuid: _linked(one, ids) for one in incoming}

    def _fresh_completions(
        self, incoming: Sequence[Portable], settled: dict[UUID, Task]
    ) -> list[tuple[int, datetime]]:
        known = {task_id: set(times) for task_id, times in self._completions().items()}
        return [
            (task_id, at)
            for one in incoming
            for at in one.completions
            if at not in known.get(task_id := settled[one.task.uuid].id, ())
        ]

    def _completions(self) -> dict[int, list[datetime]]:
        rows = self._connection.execute(
            select(completions.c.task_id, completions.c.completed_at)
            .where(completions.c.user_id == self._user_id)
            .order_by(completions.c.id)
        )
        found: dict[int, list[datetime]] = {}
        for task_id, at in rows:
            found.setdefault(task_id, []).append(at)
        return found

    def _forget_in_history(self, gone: set[int]) -> None:
        mine = changes.c.user_id == self._user_id
        rows = self._connection.execute(
            select(changes.c.id, changes.c.before, changes.c.after).where(mine)
        ).all()
        for change_id, before, after in rows:
            kept = [
                [snapshot for snapshot in side if snapshot["id"] not in gone]
                for side in (before, after)
            ]
            if kept == [before, after]:
                continue
            here = changes.c.id == change_id
            if kept[1]:
                values = {"before": kept[0], "after": kept[1]}
                self._connection.execute(update(changes).where(here).values(**values))
            else:
                self._connection.execute(delete(changes).where(here))


def _linked(one: Portable, ids: dict[UUID, int]) -> Task:
    """Return a task with ids in the place of UUIDs."""
    try:
        parent = ids[one.parent] if one.parent else None
        blocked_by = tuple(ids[blocker] for blocker in one.blocked_by)
    except KeyError as error:
        raise TaskRefusal(
            f"Line {one.line}: the task hangs on {error.args[0]}, which is neither in the file "
            "nor among your tasks. Nothing was imported."
        ) from None
    return replace(one.task, id=ids[one.task.uuid], parent_id=parent, blocked_by=blocked_by)


def _refuse_circles(
    incoming: Sequence[Portable], settled: dict[UUID, Task], stored: dict[UUID, Task]
) -> None:
    whole = {task.id: task for task in (stored | settled).values()}
    parents = {one: (task.parent_id,) for one, task in whole.items() if task.parent_id}
    blockers = {one: task.blocked_by for one, task in whole.items()}
    for one in incoming:
        task = settled[one.task.uuid]
        for links in (parents, blockers):
            if any(reaches(ahead, task.id, links) for ahead in links.get(task.id, ())):
                raise TaskRefusal(
                    f"Line {one.line}: the task hangs on itself in a circle. Nothing was imported."
                )


def _without_copies(incoming: Sequence[Portable], stored: Iterable[Task]) -> list[Portable]:
    """Return the tasks that are not there already in every field that a file can hold."""
    seen = {_content(task) for task in stored}
    fresh = []
    for one in incoming:
        content = _content(one.task)
        if content not in seen:
            seen.add(content)
            fresh.append(one)
    return fresh


def _content(task: Task) -> tuple[object, ...]:
    rule = frozenset(task.repeat.rule.split(";")) if task.repeat else None
    return (
        *(task.title, task.status, task.priority, frozenset(task.tags), task.project),
        *(task.due, type(task.due), task.notes, rule),
    )
