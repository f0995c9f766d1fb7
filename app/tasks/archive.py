"""Take all of a person's tasks out of the store, bring some in, and purge the deleted ones."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Engine, delete

from ..clock import Clock
from ..database import reading, writing
from .model import ImportCounts, Owner, Portable
from .store import calls, changes, completions, counters, scope_of, tasks
from .transfer import MendCallback, ProgressCallback, Transfer


class _DryRun(Exception):
    """Ends an import that only shows what it would do."""


class TaskArchive:
    """What commands do to all tasks of one user at once; each in one transaction.

    Every method raises `DatabaseError` when the database fails; nothing has changed then.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def everything(self, owner: Owner) -> list[Portable]:
        """Return all of a user's tasks, deleted ones too, by id."""
        with reading(self._engine) as connection:
            return Transfer(connection, owner.user_id).everything()

    def bring_in(
        self,
        owner: Owner,
        incoming: Sequence[Portable],
        *,
        upsert: bool,
        tick: ProgressCallback = lambda count: None,
        mend: MendCallback | None = None,
        dry_run: bool = False,
    ) -> ImportCounts:
        """Add tasks from outside, all or none.

        Args:
            owner: Whose they become.
            incoming: The tasks.
            upsert: Whether a task takes the place of the stored one with its UUID; else one
                that is there already in every field is passed over.
            tick: Called with the number of tasks that were stored since the last call.
            mend: Called with each task that loses a link which leads nowhere or in a circle;
                when None, such a link refuses the import.
            dry_run: Whether the transaction is taken back at its end.

        Raises:
            TaskRefusal: A link leads nowhere or in a circle; the text names the line.
        """
        counts = ImportCounts(0, 0, 0)
        with suppress(_DryRun), writing(self._engine, scope_of(owner)) as connection:
            transfer = Transfer(connection, owner.user_id)
            now = self._clock.now()
            counts = transfer.bring_in(
                incoming, now, tick, upsert=upsert, zone=owner.zone, mend=mend
            )
            if dry_run:
                raise _DryRun
        return counts

    def purge(self, owner: Owner) -> int:
        """Remove a user's deleted tasks for good; return how many they were."""
        with writing(self._engine, scope_of(owner)) as connection:
            return Transfer(connection, owner.user_id).purge()

    def forget(self, owner: Owner) -> tuple[int, int]:
        """Remove all of a user's tasks and all that tells of them.

        Returns:
            How many tasks and how many events there were.
        """
        with writing(self._engine, scope_of(owner)) as connection:
            counts = {
                table: connection.execute(
                    delete(table).where(table.c.user_id == owner.user_id)
                ).rowcount
                for table in (tasks, changes, completions, calls, counters)
            }
            return counts[tasks], counts[changes]
