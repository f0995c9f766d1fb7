"""Keep every message that was said, also those that a thread has forgotten."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from ..database import Engine, reading, writing
from .model import Role, Thread, TranscriptEntry, TranscriptMessage
from .tables import threads, transcript
from .thread_deletion import note_deleted, remove_threads
from .thread_keys import first_user, is_ours


class Transcript:
    """The transcript of all users; each call names its user.

    Every method is one transaction and raises `DatabaseError` when the database fails.

    Args:
        engine: Where it is kept.
        keep_days: After how many days a message goes, when anybody says something; 0 keeps all.
    """

    def __init__(self, engine: Engine, keep_days: int = 0) -> None:
        self._engine = engine
        self._keep_days = keep_days

    def begin(
        self, user_id: str, key: str, name: str, now: datetime, *, shared: bool = False
    ) -> str:
        """Note a thread of a user, if it is new; return whose it is.

        One that another user began stays theirs.

        Args:
            user_id: The user.
            key: The thread's id for the checkpointer.
            name: What the user calls it.
            now: The instant.
            shared: Whether it is a host's, in which several users may speak: it is noted for
                each of them, and as theirs.
        """
        with reading(self._engine) as connection:
            owner = _owner(connection, user_id, key, shared=shared)
        if owner is not None:
            return owner
        with writing(self._engine, f"thread {key}", relaxed=True) as connection:
            owner = _owner(connection, user_id, key, shared=shared)
            if owner is None:
                _thread_at(connection, user_id, key, name, now)
            return owner or user_id

    def begun_by(self, key: str) -> str | None:
        """Return the user who began a thread; None where the list doesn't have it."""
        with reading(self._engine) as connection:
            owner: str | None = connection.scalar(first_user(key))
            return owner

    def keep(
        self,
        user_id: str,
        key: str,
        name: str,
        messages: Sequence[TranscriptMessage],
        now: datetime,
    ) -> None:
        """Add messages to a thread; those that are there already stay as they are.

        Args:
            user_id: The user.
            key: The thread's id for the checkpointer.
            name: What the user calls it.
            messages: What was said, in order.
            now: When.
        """
        with writing(self._engine, _scope_of(user_id), relaxed=True) as connection:
            thread_id = _thread_at(connection, user_id, key, name, now)
            ids = [message.message_id for message in messages]
            mine = transcript.c.thread_id == thread_id
            there = set(
                connection.scalars(
                    select(transcript.c.message_id).where(mine, transcript.c.message_id.in_(ids))
                )
            )
            rows = [
                {
                    "thread_id": thread_id,
                    "message_id": message.message_id,
                    "said_at": now,
                    "role": message.role.value,
                    "text": message.text,
                    "more": message.more,
                }
                for message in messages
                if message.message_id not in there
            ]
            if rows:
                connection.execute(insert(transcript), rows)
            if self._keep_days:
                _drop_before(connection, now - timedelta(days=self._keep_days))

    def threads(self, user_id: str) -> tuple[Thread, ...]:
        """Return a user's threads, the latest first."""
        count = func.count(transcript.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(threads, count.label("messages"))
                .outerjoin(transcript, transcript.c.thread_id == threads.c.id)
                .where(threads.c.user_id == user_id)
                .group_by(*threads.c)
                .order_by(threads.c.last_at.desc(), threads.c.id.desc())
            ).mappings()
            return tuple(
                Thread(row["key"], row["name"], row["begun_at"], row["last_at"], row["messages"])
                for row in rows
            )

    def key_of(self, user_id: str, name: str) -> str | None:
        """Return the checkpoint key of the user's thread of this name; None without one.

        Ours comes before one of the same name that a host keeps.

        Args:
            user_id: The user.
            name: What the user calls the thread.
        """
        mine = and_(threads.c.user_id == user_id, threads.c.name == name)
        order = (is_ours(user_id, name).desc(), threads.c.last_at.desc())
        latest = select(threads.c.key).where(mine).order_by(*order).limit(1)
        with reading(self._engine) as connection:
            key: str | None = connection.scalar(latest)
            return key

    def last(self, user_id: str, key: str, most: int) -> list[TranscriptEntry]:
        """Return the last messages of a thread, in the order in which they were said.

        Args:
            user_id: The user.
            key: The thread's id for the checkpointer.
            most: How many at most.
        """
        mine = and_(threads.c.user_id == user_id, threads.c.key == key)
        with reading(self._engine) as connection:
            rows = connection.execute(
                _ENTRIES.where(mine).order_by(transcript.c.id.desc()).limit(most)
            ).all()
        return [_entry(row) for row in reversed(rows)]

    def all_of(self, user_id: str, key: str | None = None) -> Iterator[TranscriptEntry]:
        """Yield a user's messages in order, without holding all of them in memory.

        Args:
            user_id: The user.
            key: The thread's id for the checkpointer; all threads when None.
        """
        mine = threads.c.user_id == user_id
        if key is not None:
            mine = and_(mine, threads.c.key == key)
        with reading(self._engine) as connection:
            streaming = connection.execution_options(yield_per=500)
            for row in streaming.execute(_ENTRIES.where(mine).order_by(transcript.c.id)):
                yield _entry(row)

    def forget(
        self, user_id: str, now: datetime, also: Collection[str] = ()
    ) -> tuple[int, list[str]]:
        """Remove all of a user's threads; return how many messages, and the threads' keys.

        Args:
            user_id: The user.
            now: The instant.
            also: Keys of threads of theirs that the list doesn't have.
        """
        mine = threads.c.user_id == user_id
        with writing(self._engine, _scope_of(user_id)) as connection:
            count, keys = remove_threads(connection, mine)
            note_deleted(connection, {*keys, *also}, now)
            return count, keys

    def forget_thread(self, key: str, now: datetime, user_id: str | None = None) -> int:
        """Remove what was said in a thread; return how many messages.

        Args:
            key: The thread's id for the checkpointer.
            now: The instant.
            user_id: Only what this user said in it; everybody when None.
        """
        condition = threads.c.key == key
        if user_id is not None:
            condition = and_(condition, threads.c.user_id == user_id)
        with writing(self._engine, _scope_of(user_id or key)) as connection:
            count, keys = remove_threads(connection, condition)
            note_deleted(connection, set(keys), now)
            return count


_MOST_DROPPED = 200
"""Old messages that go with one turn; more than a turn brings, so that it catches up."""

_ENTRIES = select(
    threads.c.name,
    transcript.c.said_at,
    transcript.c.message_id,
    transcript.c.role,
    transcript.c.text,
    transcript.c.more,
).join(threads, transcript.c.thread_id == threads.c.id)


def _scope_of(user_id: str) -> str:
    return f"transcript of {user_id}"


def _entry(row: Sequence[object]) -> TranscriptEntry:
    thread, said_at, message_id, role, text, more = row
    message = TranscriptMessage(message_id, Role(str(role)), text, more)  # type: ignore[arg-type]
    return TranscriptEntry(thread, said_at, message)  # type: ignore[arg-type]


def _drop_before(connection: Connection, day: datetime) -> None:
    """Remove old messages, of threads too in which nobody speaks any more.

    They are looked for among the first rows only, which are the oldest, so that the time of
    it doesn't grow.
    """
    columns = transcript.c.id, transcript.c.said_at
    first = select(*columns).order_by(transcript.c.id).limit(_MOST_DROPPED).subquery()
    old = select(first.c.id).where(first.c.said_at < day)
    connection.execute(delete(transcript).where(transcript.c.id.in_(old)))


def _owner(connection: Connection, user_id: str, key: str, *, shared: bool) -> str | None:
    """Return whose thread a key is; None where the list doesn't have it for this user yet.

    Args:
        connection: The database.
        user_id: Who asks.
        key: The thread's id for the checkpointer.
        shared: Whether each user has it for themselves.
    """
    if shared:
        return None if _thread_id(connection, user_id, key) is None else user_id
    owner: str | None = connection.scalar(first_user(key))
    return owner


def _thread_id(connection: Connection, user_id: str, key: str) -> int | None:
    mine = and_(threads.c.user_id == user_id, threads.c.key == key)
    thread_id: int | None = connection.scalar(select(threads.c.id).where(mine))
    return thread_id


def _thread_at(connection: Connection, user_id: str, key: str, name: str, now: datetime) -> int:
    """Return the id of a thread, which is made where it is new, and note that it was used."""
    known = _thread_id(connection, user_id, key)
    if known is not None:
        connection.execute(update(threads).where(threads.c.id == known).values(last_at=now))
        return known
    row = {"user_id": user_id, "key": key, "name": name, "begun_at": now, "last_at": now}
    inserted = connection.execute(insert(threads).values(row))
    (thread_id,) = inserted.inserted_primary_key or (0,)
    return int(thread_id)
