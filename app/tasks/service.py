"""Change tasks as tools and commands ask: one method an operation, each in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, Unpack
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine

from ..clock import Clock
from ..database import reading, writing
from ..errors import TaskRefusal
from . import actions, dependencies, fields
from .history import History
from .idempotency_keys import IdempotencyKeys
from .model import Outcome, Owner, Task, Undone
from .status_transitions import outcome_of, transitions_of
from .store import TaskRows, scope_of, to_row
from .task_factory import ChangedFields, NewFields, drafted, edited
from .task_reader import TaskReader

MOST_STEPS = 50


class _Change(NamedTuple):
    """One owner's rows and history, and the instant, which comes after that of earlier changes."""

    rows: TaskRows
    history: History
    now: datetime


class TaskService(TaskReader):
    """The task operations of all users; each call names its owner.

    A task is named by its id, or by its title where exactly one open task has it.

    Every method raises `TaskRefusal` when the request can't be met, with a text that says
    what to send instead, and `DatabaseError` when the database fails. Either way nothing
    has changed.

    Args:
        engine: Where the tasks are kept.
        clock: Where the time comes from.
        day_first: Whether 12/05 is the twelfth of May.
        new_uuid: Makes the UUID of a new task.
        connection: A transaction that is open already, in which every operation takes part;
            each has one of its own when None.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        day_first: bool = False,
        new_uuid: Callable[[], UUID] = uuid4,
        connection: Connection | None = None,
    ) -> None:
        super().__init__(engine, clock, day_first=day_first, connection=connection)
        self._new_uuid = new_uuid

    def once(self, owner: Owner, key: str | None, operation: Callable[["TaskService"], str]) -> str:
        """Carry out an operation unless it was carried out before under the same key.

        Args:
            owner: Whose tasks.
            key: Names this one call for good; None to carry it out in any case.
            operation: What to do, with the service that it is given; returns what to answer.

        Returns:
            What the operation answered, now or then.
        """
        if key is None:
            return operation(self)
        with writing(self._engine, scope_of(owner)) as connection:
            keys = IdempotencyKeys(connection, owner.user_id)
            result = keys.result(key)
            if result is None:
                result = operation(self._within(connection))
                keys.record(key, self._clock.now(), result)
            return result

    def result_of(self, owner: Owner, key: str) -> str | None:
        """Return what an operation answered, or None when it wasn't carried out.

        Args:
            owner: Whose tasks.
            key: The key that `once` was given.
        """
        with reading(self._engine) as connection:
            return IdempotencyKeys(connection, owner.user_id).result(key)

    def add(
        self,
        owner: Owner,
        title: str,
        *,
        allow_duplicate: bool = False,
        **given: Unpack[NewFields],
    ) -> tuple[Task, bool]:
        """Add a task, or find the open one with the same title and due.

        Args:
            owner: Whose task it becomes.
            title: Its title.
            allow_duplicate: Whether a second open task of the same title and due is added.
            given: Its other fields; see `NewFields`.

        Returns:
            The task, and whether it is new.
        """
        request = self._request(owner)
        draft = drafted(title, given, request, self._new_uuid)
        with self._changing(owner) as (rows, history, now):
            if parent := given.get("parent_id"):
                draft = replace(draft, parent_id=dependencies.parent_of(rows, 0, parent))
            if blockers := given.get("blocked_by"):
                blocked_by = dependencies.blockers_of(rows, 0, blockers)
                draft = replace(draft, blocked_by=blocked_by)
            if not allow_duplicate:
                existing = rows.find_open(fields.title_key(draft.title), to_row(draft))
                if existing:
                    return existing, False
            task = replace(draft, id=rows.next_id(), created_at=now)
            history.change(actions.ADD, now, before=(), after=(task,))
        return task, True

    def update(
        self, owner: Owner, reference: int | str, **given: Unpack[ChangedFields]
    ) -> tuple[Task, bool]:
        """Change fields of a task.

        Args:
            owner: Whose task.
            reference: Its id or title.
            given: What changes; see `ChangedFields`.

        Returns:
            The task as it is now, and whether anything changed.
        """
        (changed,) = self.update_all(owner, [reference], **given)
        return changed

    def update_all(
        self, owner: Owner, references: Sequence[int | str], **given: Unpack[ChangedFields]
    ) -> tuple[tuple[Task, bool], ...]:
        """Change fields of several tasks in one step, which one undo takes back.

        Args:
            owner: Whose tasks.
            references: Their ids or titles, at most `MOST_IDS`; where one is missing, none changes.
            given: What changes; see `ChangedFields`.

        Returns:
            For each, how it is now, and whether anything changed.
        """
        dependencies.check_number_of_ids(references)
        request = self._request(owner)
        with self._changing(owner) as (rows, history, now):
            found = [dependencies.existing_task(rows, reference) for reference in references]
            before = tuple({task.id: task for task in found}.values())
            after = [
                dependencies.linked(rows, edited(each, given, request), given) for each in before
            ]
            changes = [(old, new) for old, new in zip(before, after, strict=True) if new != old]
            if changes:
                olds, news = zip(*changes, strict=True)
                history.change(actions.UPDATE, now, before=olds, after=news)
        return tuple((new, new != old) for old, new in zip(before, after, strict=True))

    def complete(
        self, owner: Owner, task_ids: Sequence[int | str], *, skip: bool = False
    ) -> tuple[Outcome, ...]:
        """Mark open tasks as done, or let them repeat; return an outcome for each.

        A repeating task goes to its next due instead of being done.

        Args:
            owner: Whose tasks.
            task_ids: Their ids or titles, at most `MOST_IDS`.
            skip: Let repeating tasks go to their next due without being done.
        """
        return self._change_status(owner, actions.SKIP if skip else actions.COMPLETE, task_ids)

    def reopen(self, owner: Owner, task_ids: Sequence[int | str]) -> tuple[Outcome, ...]:
        """Open done or deleted tasks again; return an outcome for each.

        Args:
            owner: Whose tasks.
            task_ids: Their ids or titles, at most `MOST_IDS`.
        """
        return self._change_status(owner, actions.REOPEN, task_ids)

    def delete(self, owner: Owner, task_ids: Sequence[int | str]) -> tuple[Outcome, ...]:
        """Delete tasks, which `reopen` or `undo` bring back; return an outcome for each.

        Args:
            owner: Whose tasks.
            task_ids: Their ids or titles, at most `MOST_IDS`.
        """
        return self._change_status(owner, actions.DELETE, task_ids)

    def undo(self, owner: Owner, steps: int = 1) -> tuple[Undone, ...]:
        """Revert this user's last changes, the newest first.

        Args:
            owner: Whose changes.
            steps: How many, from 1 to `MOST_STEPS`.

        Returns:
            The changes that were reverted, at least one.
        """
        if not 1 <= steps <= MOST_STEPS:
            raise TaskRefusal(f"{steps} steps can't be undone. Send 1 to {MOST_STEPS}.")
        undone: list[Undone] = []
        with self._changing(owner) as (_, history, now):
            for _ in range(steps):
                last = history.undo_last(now)
                if last is None:
                    break
                undone.append(last)
        if not undone:
            raise TaskRefusal("There is nothing to undo.")
        return tuple(undone)

    def _change_status(
        self, owner: Owner, action: actions.StatusAction, references: Sequence[int | str]
    ) -> tuple[Outcome, ...]:
        dependencies.check_number_of_ids(references)
        with self._changing(owner) as (rows, history, now):
            ids = dependencies.ids_of(rows, references)
            stored = rows.get(ids)
            transitions = transitions_of(action, stored, owner, now)
            if transitions:
                before = [stored[task_id] for task_id in transitions]
                after = [transition.task for transition in transitions.values()]
                moved_on = [task_id for task_id, each in transitions.items() if each.moved_on]
                done = moved_on if action is actions.COMPLETE else []
                history.change(action, now, before, after, done=done)
            return tuple(
                outcome_of(rows, task_id, stored.get(task_id), transitions, action)
                for task_id in ids
            )

    def _within(self, connection: Connection) -> "TaskService":
        """Return this service inside a transaction that is open already."""
        return TaskService(
            self._engine,
            self._clock,
            day_first=self._day_first,
            new_uuid=self._new_uuid,
            connection=connection,
        )

    @contextmanager
    def _changing(self, owner: Owner) -> Iterator[_Change]:
        """Give what a change needs in a write transaction."""
        with (
            writing(self._engine, scope_of(owner))
            if self._connection is None
            else nullcontext(self._connection)
        ) as connection:
            rows, history = TaskRows(connection, owner.user_id), History(connection, owner.user_id)
            yield _Change(rows, history, self._clock.now())
