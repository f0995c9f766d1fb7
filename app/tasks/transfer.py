"""Bring tasks into the store and out of it: all of them or none."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, delete, select, update

from ..errors import TaskRefusal
from .actions import IMPORT
from .dependencies import reaches
from .history import History
from .model import ImportCounts, Portable, Status, Task
from .store import TaskRows, changes, completions, tasks

_CHUNK = 500
MendCallback = Callable[[Portable, str], None]
"""Is called with a task that comes in without a link, and why."""
ProgressCallback = Callable[[int], None]
"""Is called with the number of tasks that were stored since the last call."""


class Transfer:
    """All tasks of one owner, inside a transaction that `TaskArchive` opens."""

    def __init__(self, connection: Connection, user_id: str) -> None:
        self._connection = connection
        self._user_id = user_id
        self._rows = TaskRows(connection, user_id)

    def everything(self) -> list[Portable]:
        """Return all tasks, deleted ones too, by id."""
        stored = self._rows.where()
        uuids = {task.id: task.uuid for task in stored}
        done = self._completions()
        return [
            Portable(
                task,
                uuids.get(task.parent_id or 0),
                tuple(uuids[blocker] for blocker in task.blocked_by if blocker in uuids),
                tuple(done.get(task.id, ())),
            )
            for task in stored
        ]

    def bring_in(
        self,
        incoming: Sequence[Portable],
        now: datetime,
        tick: ProgressCallback,
        *,
        upsert: bool,
        zone: ZoneInfo,
        mend: MendCallback | None = None,
    ) -> ImportCounts:
        """Add tasks; with `upsert` one of a known UUID takes the place of the stored one.

        Without it, an identified one of a known UUID changes what a file can hold, and any
        other that is there already in every field is passed over.

        Args:
            incoming: The tasks.
            now: The instant of the import.
            tick: Called with the number of tasks that were stored since the last call.
            upsert: Whether a task takes the place of the stored one with its UUID.
            zone: In which a task was done on one day or another.
            mend: Called with each task that loses a link which leads nowhere or in a circle;
                when None, such a link refuses the import.

        Raises:
            TaskRefusal: A link leads nowhere or in a circle; the text names the line.
        """
        count = len(incoming)
        stored = {task.uuid: task for task in self._rows.where()}
        if not upsert:
            incoming = _without_copies(incoming, stored.values(), zone)
        if mend:
            incoming = _mended(incoming, stored, mend)
        settled = self._settled(incoming, stored)
        if not upsert:
            kept = [one.task.uuid for one in incoming if one.task.uuid in stored]
            settled |= {uuid: _with_the_rest(settled[uuid], stored[uuid]) for uuid in kept}
        _refuse_circles(incoming, settled, stored, mend)
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
        """Take the links to tasks that are no more out of the others."""
        linked = [
            task_id
            for task_id, (parent, blockers) in self._rows.links().items()
            if task_id not in gone and gone & {parent, *blockers}
        ]
        for task in self._rows.get(linked).values():
            parent = None if task.parent_id in gone else task.parent_id
            blocked_by = tuple(blocker for blocker in task.blocked_by if blocker not in gone)
            freed = replace(task, parent_id=parent, blocked_by=blocked_by)
            self._rows.write([task], [freed])

    def _settled(self, incoming: Sequence[Portable], stored: dict[UUID, Task]) -> dict[UUID, Task]:
        """Return the tasks as they will be stored: with ids, and ids for links."""
        taken = {task.id for task in stored.values()}
        fresh = [portable.task for portable in incoming if portable.task.uuid not in stored]
        wished = [task.id for task in fresh]
        last = self._rows.next_ids(0) - 1
        keep = (
            len(set(wished)) == len(wished)
            and not taken & set(wished)
            and all(task_id > last for task_id in wished)
        )
        highest = max([last, *wished]) if keep else last + len(fresh)
        self._rows.next_ids(highest - last)
        ids = {task.uuid: task.id if keep else last + n for n, task in enumerate(fresh, 1)}
        ids |= {uuid: task.id for uuid, task in stored.items()}
        return {portable.task.uuid: _linked(portable, ids) for portable in incoming}

    def _fresh_completions(
        self, incoming: Sequence[Portable], settled: dict[UUID, Task]
    ) -> list[tuple[int, datetime]]:
        known = {task_id: set(times) for task_id, times in self._completions().items()}
        return [
            (task_id, at)
            for portable in incoming
            for at in portable.completions
            if at not in known.get(task_id := settled[portable.task.uuid].id, ())
        ]

    def _completions(self) -> dict[int, list[datetime]]:
        rows = self._connection.execute(
            select(completions.c.task_id, completions.c.completed_at)
            .where(completions.c.user_id == self._user_id)
            .order_by(completions.c.id)
        )
        instants: dict[int, list[datetime]] = {}
        for task_id, at in rows:
            instants.setdefault(task_id, []).append(at)
        return instants

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


def _linked(portable: Portable, ids: dict[UUID, int]) -> Task:
    """Return a task with ids in the place of UUIDs."""
    task = portable.task
    try:
        parent = ids[portable.parent] if portable.parent else None
        blocked_by = tuple(ids[blocker] for blocker in portable.blocked_by)
    except KeyError as error:
        raise TaskRefusal(
            f"Line {portable.line}: the task hangs on {error.args[0]}, which is neither in the "
            "file nor among your tasks. Nothing was imported."
        ) from None
    return replace(task, id=ids[task.uuid], parent_id=parent, blocked_by=blocked_by)


def _refuse_circles(
    incoming: Sequence[Portable],
    settled: dict[UUID, Task],
    stored: dict[UUID, Task],
    mend: MendCallback | None,
) -> None:
    """Refuse links that lead in a circle, or take them away where they may be mended."""
    whole = {task.id: task for task in (stored | settled).values()}
    parents = {task.id: (task.parent_id,) for task in whole.values() if task.parent_id}
    blockers = {task.id: task.blocked_by for task in whole.values()}
    for portable in incoming:
        task = settled[portable.task.uuid]
        for links in (parents, blockers):
            if any(reaches(ahead, task.id, links) for ahead in links.get(task.id, ())):
                if mend:
                    mend(portable, "hung on itself in a circle")
                    links.pop(task.id)
                    if links is parents:
                        task = replace(task, parent_id=None)
                    else:
                        task = replace(task, blocked_by=())
                    settled[task.uuid] = task
                    continue
                raise TaskRefusal(
                    f"Line {portable.line}: the task hangs on itself in a circle. "
                    "Nothing was imported."
                )


def _mended(
    incoming: Sequence[Portable], stored: dict[UUID, Task], mend: MendCallback
) -> list[Portable]:
    """Return the tasks without links to what is neither in the file nor in the store."""
    known = stored.keys() | {portable.task.uuid for portable in incoming}
    mended = []
    for portable in incoming:
        parent = portable.parent if portable.parent in known else None
        blocked_by = tuple(blocker for blocker in portable.blocked_by if blocker in known)
        if (parent, blocked_by) != (portable.parent, portable.blocked_by):
            mend(portable, "hung on a task that is neither in the file nor among yours")
        mended.append(replace(portable, parent=parent, blocked_by=blocked_by))
    return mended


def _with_the_rest(task: Task, stored: Task) -> Task:
    """Return a task that a file changed, with what its form can't hold as it was."""
    same_due = (task.due, type(task.due)) == (stored.due, type(stored.due))
    same_rule = _rule(task) == _rule(stored)
    return replace(
        task,
        created_at=stored.created_at,
        due=stored.due if same_due else task.due,
        due_text=stored.due_text if same_due else task.due_text,
        tags=stored.tags if frozenset(task.tags) == frozenset(stored.tags) else task.tags,
        repeat=stored.repeat if same_rule else task.repeat,
        blocked_by=task.blocked_by or stored.blocked_by,
        completed_at=stored.completed_at if task.status is stored.status else task.completed_at,
    )


def _without_copies(
    incoming: Sequence[Portable], stored: Iterable[Task], zone: ZoneInfo
) -> list[Portable]:
    """Return the tasks that are not there already in every field that a file can hold.

    Two alike of one file are two tasks: each stored task stands for one of the file.

    Args:
        incoming: The tasks of the file.
        stored: Those that are there.
        zone: In which a task was done on one day or another.
    """
    everything = {task.uuid: task for task in stored}
    own = {portable.task.uuid for portable in incoming}
    seen = Counter(_content(task, zone) for uuid, task in everything.items() if uuid not in own)
    fresh = []
    for portable in incoming:
        content = _content(portable.task, zone)
        is_known = portable.task.uuid in everything
        if is_known and not portable.identified:
            continue
        if not is_known and seen[content] > 0:
            seen[content] -= 1
        else:
            fresh.append(portable)
    return fresh


def _content(task: Task, zone: ZoneInfo) -> tuple[object, ...]:
    done = task.completed_at and task.completed_at.astimezone(zone).date()
    return (
        *(task.title, task.status, task.priority, frozenset(task.tags), task.project),
        *(task.due, type(task.due), task.notes, _rule(task), done),
    )


def _rule(task: Task) -> frozenset[str] | None:
    return frozenset(task.repeat.rule.split(";")) if task.repeat else None
