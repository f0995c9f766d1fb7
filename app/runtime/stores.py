"""Open what is kept - tasks, breaker states, conversations - for one set of settings.

Nothing here knows a model, so that commands without one start fast.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Engine

from ..clock import Clock
from ..database import (
    Heard,
    connection_patience,
    open_engine,
    open_readable,
    refuse_others_database,
    tell_failures,
    upgrade,
)
from ..errors import DatabaseError
from ..forking import Guard
from ..settings import DAY_FIRST, Settings, is_postgresql
from ..tasks import TaskService

if TYPE_CHECKING:
    from ..conversations import ConversationSaver, ThreadKeys, Transcript, TurnLocks
    from ..tasks import TaskArchive
    from ..telemetry import AlertStore, BreakerStore, Ledger, QuotaLeft, QuotaStore


class Stores:
    """The databases, each opened and migrated at its first use.

    Every method raises `DatabaseError` where a database can't be used.

    Args:
        settings: Where they are.
        clock: Where the time comes from.
        reading: Whether nothing is to be written; then they are also read where nothing can be,
            which `why_unwritable` tells in the end.
        failed: Is told each time that work on a database fails.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        reading: bool = False,
        failed: Heard = lambda: None,
    ) -> None:
        self._failed = failed
        self.why_unwritable = ""
        self._reading = reading
        self._settings = settings
        self.clock = clock
        self._lock = Guard()
        self._engine: Engine | None = None
        self._saver: ConversationSaver | None = None
        self._thread_keys: ThreadKeys | None = None
        self._turn_locks: TurnLocks | None = None

    def tasks(self) -> TaskService:
        """Return the task service."""
        day_first = self._settings.date_order == DAY_FIRST
        return TaskService(self._database(), self.clock, day_first=day_first)

    def archive(self) -> "TaskArchive":
        """Return what takes tasks out and in by the file."""
        from ..tasks import TaskArchive

        return TaskArchive(self._database(), self.clock)

    def transcript(self) -> "Transcript":
        """Return where everything that was said is kept."""
        from ..conversations import Transcript

        return Transcript(self._database(), self._settings.keep_transcript_days)

    def thread_keys(self) -> "ThreadKeys":
        """Return what knows the key of each user's thread, and whose thread a key is."""
        from ..conversations import ThreadKeys

        engine = self._database()
        with self._lock:
            if self._thread_keys is None:
                self._thread_keys = ThreadKeys(engine, self.conversations)
            return self._thread_keys

    def breaker_store(self) -> "BreakerStore":
        """Return where breaker states are kept."""
        from ..telemetry import BreakerStore

        return BreakerStore(self._database())

    def ledger(self) -> "Ledger":
        """Return where every model call is kept."""
        from ..telemetry import Ledger

        return Ledger(self._database(), self._settings.keep_ledger_days)

    def quota_store(self) -> "QuotaStore":
        """Return where it is kept how much of each quota is used."""
        from ..telemetry import QuotaStore

        return QuotaStore(self._database())

    def alert_store(self) -> "AlertStore":
        """Return where it is kept when the last alert went out."""
        from ..telemetry import AlertStore

        return AlertStore(self._database())

    def quotas_left(self) -> "list[QuotaLeft]":
        """Return what is left of every quota of the chain that is known."""
        from ..telemetry import quotas_left

        return quotas_left(self._settings.places, self.quota_store().load(), self.clock.now())

    def conversations(self) -> "ConversationSaver":
        """Return the checkpointer of our own threads."""
        from ..conversations import open_conversations

        with self._lock:
            if self._saver is None:
                if is_postgresql(self._settings.database_url):
                    self._check_owner()
                try:
                    self._saver = open_conversations(self._settings)
                except DatabaseError:
                    self._failed()
                    raise
                self._saver.failed = self._failed
                self._saver.before_deletion = self._forget_thread
            return self._saver

    def turn_locks(self) -> "TurnLocks":
        """Return what lets the turns of one thread run one after the other."""
        from ..conversations import open_turn_locks

        with self._lock:
            if self._turn_locks is None:
                self._turn_locks = open_turn_locks(self._settings)
            return self._turn_locks

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            if self._turn_locks is not None:
                self._turn_locks.close()
            if self._engine is not None:
                self._engine.dispose()
            if self._saver is not None:
                self._saver.close()

    def _forget_thread(self, key: str) -> None:
        self.transcript().forget_thread(key, self.clock.now())

    def _database(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._check_owner()
                self._engine = self._open()
            return self._engine

    def _open(self) -> Engine:
        url = self._settings.database_url
        try:
            try:
                engine = open_engine(url, patience=connection_patience(self._settings))
            except DatabaseError:
                self._failed()
                raise
            tell_failures(engine, self._failed)
            try:
                upgrade(engine)
            except DatabaseError:
                engine.dispose()
                raise
        except DatabaseError as error:
            can_be_read = self._reading and not is_postgresql(url)
            readable = open_readable(url) if can_be_read else None
            if readable is None:
                raise
            self.why_unwritable = str(error)
            return readable
        return engine

    def _check_owner(self) -> None:
        if not self._settings.database_meant:
            refuse_others_database(self._settings.database_url)
