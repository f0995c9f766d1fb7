"""Remove threads from the list, and keep in mind which are gone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from ..settings import is_uuid
from .tables import deleted_threads, threads, transcript
from .thread_keys import first_user


def remove_threads(connection: Connection, which: ColumnElement[bool]) -> tuple[int, list[str]]:
    """Remove threads with what was said in them; return how many messages, and the keys.

    Args:
        connection: Inside a write transaction.
        which: The condition for the threads.
    """
    found = connection.execute(select(threads.c.id, threads.c.key).where(which)).all()
    ids = [thread_id for thread_id, _ in found]
    gone = connection.execute(delete(transcript).where(transcript.c.thread_id.in_(ids)))
    connection.execute(delete(threads).where(threads.c.id.in_(ids)))
    return gone.rowcount, [key for _, key in found]


def note_deleted(connection: Connection, keys: Collection[str], now: datetime) -> None:
    """Keep in mind that threads are gone, so that servers drop them and no key comes back.

    A host's own ids are none of ours, and a thread that others still have isn't gone.

    Args:
        connection: Inside a write transaction.
        keys: The threads' keys.
        now: The instant.
    """
    for key in sorted(filter(is_uuid, keys)):
        if connection.scalar(first_user(key)) is None:
            connection.execute(delete(deleted_threads).where(deleted_threads.c.key == key))
            connection.execute(insert(deleted_threads).values(key=key, deleted_at=now))
