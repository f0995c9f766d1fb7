"""Keep the history of one owner's changes, and revert the last of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, select, update
from sqlalchemy import insert as insert_row

from .actions import UNDO, Action
from .model import Status, Task, Undone
from .store import TaskRows, changes, completions, from_snapshot, to_snapshot


class History:
    """The changes of one user: each says what was done, when, and the tasks before and after.

    A change is written in the transaction of what it tells of.
    """

    def __init__(self, connection: Connection, user_id: str) -> None:
        self._connection = connection
        self._user_id = user_id
        self._rows = TaskRows(connection, user_id)

    def change(
        self,
        action: Action,
        made_at: datetime,
        before: Sequence[Task],
        after: Sequence[Task],
        *,
        done: Sequence[int] = (),
    ) -> None:
        """Write tasks as they are after a change, and the change itself.

        Args:
            action: What was done.
            made_at: When.
            before: The tasks as they were; a new one isn't in it.
            after: The same tasks as they are now.
            done: The repeating tasks of which an instance was done.
        """
        self._rows.write(before, after)
        self.note(action, made_at, before, after, done=[(task_id, made_at) for task_id in done])

    def note(
        self,
        action: Action,
        made_at: datetime,
        before: Sequence[Task],
        after: Sequence[Task],
        *,
        done: Sequence[tuple[int, datetime]] = (),
    ) -> None:
        """Write a change whose tasks are written already.

        Args:
            action: What was done.
            made_at: When.
            before: The tasks as they were; a new one isn't in it.
            after: The same tasks as they are now.
            done: The repeating tasks of which an instance was done, and when.
        """
        change_id = self._record(action, made_at, before, after)
        if done:
            same = {"user_id": self._user_id, "change_id": change_id}
            rows = [{**same, "task_id": task_id, "completed_at": at} for task_id, at in done]
            self._connection.execute(insert_row(completions), rows)

    def undo_last(self, now: datetime) -> Undone | None:
        """Put back what the last change changed; None when there is none.

        The undoing is a change of its own, which no later undo reverts.
        """
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
        ids = [snapshot["id"] for snapshot in last["after"]]
        stored = self._rows.get(ids)
        earlier = {snapshot["id"]: from_snapshot(snapshot) for snapshot in last["before"]}
        for task_id in stored:
            self._rows.overwrite(task_id, earlier.get(task_id, {"status": Status.DELETED.value}))
        self._connection.execute(delete(completions).where(completions.c.change_id == last["id"]))
        self._connection.execute(
            update(changes).where(changes.c.id == last["id"]).values(undone=True)
        )
        reverted = tuple(self._rows.get(ids).values())
        self._record(UNDO, now, tuple(stored.values()), reverted, undone=True)
        return Undone(last["action"], last["made_at"], reverted)

    def _record(
        self,
        action: Action,
        made_at: datetime,
        before: Sequence[Task],
        after: Sequence[Task],
        *,
        undone: bool = False,
    ) -> int:
        inserted = self._connection.execute(
            insert_row(changes).values(
                user_id=self._user_id,
                made_at=made_at,
                action=action.name,
                before=[to_snapshot(task) for task in before],
                after=[to_snapshot(task) for task in after],
                undone=undone,
            )
        )
        (change_id,) = inserted.inserted_primary_key or (0,)
        return int(change_id)
