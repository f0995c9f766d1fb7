"""Do what tools and commands ask: one method an operation, each in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from app.clock import Clock
from app.database import reading, writing
from app.errors import TaskRefusal
from app.tasks import fields
from app.tasks.due import resolve_due
from app.tasks.filters import due_when, has_status, has_tag
from app.tasks.lines import task_line
from app.tasks.model import Answer, Owner, Page, Status, Task
from app.tasks.rows import to_row
from app.tasks.store import TaskRows

PAGE_SIZE = 20
MOST_IDS = 100
_LARGEST_OFFSET = 1_000_000


class TaskService:
    """The task operations of all users; each call names its owner.

    A task is named by its id, or by its title where exactly one open task has it.

    Every method raises `TaskRefusal` when the request can't be met, with a text that says
    what to send instead, and `DatabaseError` when the database fails. Either way nothing
    has changed.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def add(
        self,
        owner: Owner,
        title: str,
        *,
        due: str | None = None,
        priority: str | None = None,
        tags: Iterable[str] = (),
        notes: str | None = None,
        allow_duplicate: bool = False,
    ) -> tuple[Task, bool]:
        """Add a task, or find the open one with the same title and due.

        Returns:
            The task, and whether it is new.
        """
        now = self._clock.now()
        draft = Task(
            id=0,
            title=fields.title_of(title),
            status=Status.OPEN,
            created_at=now,
            notes=fields.notes_of(notes or ""),
            priority=fields.priority_of(priority) if priority else None,
            tags=fields.tags_of(tags),
            due=resolve_due(due, now, owner.zone) if due else None,
            due_text=due[:200] if due else None,
        )
        with writing(self._engine) as connection:
            rows = TaskRows(connection, owner.user_id)
            existing = rows.find_open(fields.title_key(draft.title), to_row(draft))
            if existing and not allow_duplicate:
                return existing, False
            task = replace(draft, id=rows.next_id())
            rows.change("add", now, before=(), after=(task,))
        return task, True

    def find(
        self,
        owner: Owner,
        *,
        when: str | None = None,
        status: str | None = None,
        tag: str | None = None,
        offset: int = 0,
    ) -> Page:
        """Return a page of tasks, soonest due first.

        Args:
            owner: Whose tasks.
            when: `today`, `overdue`, or `all` (any due or none), which is the default.
            status: `open` (the default), `done`, or `all` of both.
            tag: Only tasks with this tag.
            offset: How many to pass over.
        """
        where = [has_status(status or "open"), *due_when(when or "all", owner, self._clock.now())]
        if tag:
            where.append(has_tag(tag))
        start = min(max(0, offset), _LARGEST_OFFSET)
        with reading(self._engine) as connection:
            found, total = TaskRows(connection, owner.user_id).page(where, start, PAGE_SIZE)
        return Page(found, total, start)

    def update(
        self,
        owner: Owner,
        reference: int | str,
        *,
        title: str | None = None,
        due: str | None = None,
        priority: str | None = None,
        add_tags: Iterable[str] = (),
        remove_tags: Iterable[str] = (),
        notes: str | None = None,
    ) -> tuple[Task, bool]:
        """Change fields of a task. None or "" leaves one alone; `none` or `clear` empties it.

        Returns:
            The task as it is now, and whether anything changed.
        """
        now = self._clock.now()
        with writing(self._engine) as connection:
            rows = TaskRows(connection, owner.user_id)
            (task_id,) = _ids(rows, [reference])
            before = rows.get([task_id]).get(task_id)
            if before is None or before.status is Status.DELETED:
                raise TaskRefusal(f"#{task_id}: no such task. list_tasks shows the ids.")
            after = before
            if title:
                after = replace(after, title=fields.title_of(title))
            if due:
                clear = _clears(due)
                after = replace(
                    after,
                    due=None if clear else resolve_due(due, now, owner.zone),
                    due_text=None if clear else due[:200],
                )
            if priority:
                clear = _clears(priority)
                after = replace(after, priority=None if clear else fields.priority_of(priority))
            if notes:
                after = replace(after, notes="" if _clears(notes) else fields.notes_of(notes))
            after = replace(after, tags=_retag(before.tags, add_tags, remove_tags))
            if after != before:
                rows.change("update", now, before=(before,), after=(after,))
        return after, after != before

    def complete(self, owner: Owner, task_ids: Sequence[int | str]) -> tuple[Answer, ...]:
        """Mark open tasks as done; an answer for each id."""
        return self._move(owner, "complete", task_ids, Status.DONE, (Status.OPEN,))

    def reopen(self, owner: Owner, task_ids: Sequence[int | str]) -> tuple[Answer, ...]:
        """Open done or deleted tasks again; an answer for each id."""
        return self._move(owner, "reopen", task_ids, Status.OPEN, (Status.DONE, Status.DELETED))

    def delete(self, owner: Owner, task_ids: Sequence[int | str]) -> tuple[Answer, ...]:
        """Delete tasks, so that `reopen` or `undo` can bring them back; an answer for each id."""
        return self._move(owner, "delete", task_ids, Status.DELETED, (Status.OPEN, Status.DONE))

    def undo(self, owner: Owner) -> tuple[str, tuple[Task, ...]]:
        """Revert this user's last change.

        Returns:
            The action that was reverted (`add`, `update`, ...), and its tasks as they are now.
        """
        with writing(self._engine) as connection:
            rows = TaskRows(connection, owner.user_id)
            undone = rows.undo_last()
            if undone is None:
                raise TaskRefusal("There is nothing to undo.")
            action, ids = undone
            return action, tuple(rows.get(ids).values())

    def _move(
        self,
        owner: Owner,
        action: str,
        references: Sequence[int | str],
        target: Status,
        sources: tuple[Status, ...],
    ) -> tuple[Answer, ...]:
        if not references:
            raise TaskRefusal("No task ids were given. Send the numbers that list_tasks shows.")
        if len(references) > MOST_IDS:
            count = len(references)
            raise TaskRefusal(f"{count} ids at once are too many; send at most {MOST_IDS}.")
        now = self._clock.now()
        with writing(self._engine) as connection:
            rows = TaskRows(connection, owner.user_id)
            ids = _ids(rows, references)
            found = rows.get(ids)
            moved = {
                task.id: _moved(task, target, now)
                for task in found.values()
                if task.status in sources
            }
            if moved:
                before = [found[task_id] for task_id in moved]
                rows.change(action, now, before=before, after=tuple(moved.values()))
        return tuple(
            Answer(task_id, moved.get(task_id, found.get(task_id)), task_id in moved)
            for task_id in ids
        )


def _ids(rows: TaskRows, references: Iterable[int | str]) -> tuple[int, ...]:
    """Return ids, each once; a title counts where exactly one open task has it."""
    ids: list[int] = []
    for reference in references:
        if isinstance(reference, int):
            ids.append(reference)
            continue
        title = fields.title_of(reference)
        found = rows.open_with_title(fields.title_key(title))
        if len(found) != 1:
            candidates = "; ".join(task_line(task) for task in found[:PAGE_SIZE])
            raise TaskRefusal(
                f'"{title[:80]}": {len(found)} open tasks have this title, so nothing was done. '
                f"Send the number after #. {candidates or 'list_tasks shows it.'}"
            )
        ids.append(found[0].id)
    return tuple(dict.fromkeys(ids))


def _moved(task: Task, target: Status, now: datetime) -> Task:
    completed_at = {Status.DONE: now, Status.OPEN: None}.get(target, task.completed_at)
    return replace(task, status=target, completed_at=completed_at)


def _retag(tags: tuple[str, ...], add: Iterable[str], remove: Iterable[str]) -> tuple[str, ...]:
    dropped = list(remove)
    gone = tags if any(map(_clears, dropped)) else fields.tags_of(dropped)
    return fields.tags_of([*(tag for tag in tags if tag not in gone), *add])


def _clears(text: str) -> bool:
    return text.strip().lower() in fields.CLEARING_WORDS
