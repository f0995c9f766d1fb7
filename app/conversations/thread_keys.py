"""Find the key of a user's thread, and whose thread a key is.

A key is what a checkpointer and a server know a thread by. Earlier versions computed it from the
two names alone. Since then a secret goes into it, which lies beside the list of threads. A thread
that the list has keeps the key that it has there.
"""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, insert, or_, select

from ..database import Engine, reading, writing
from ..settings import is_uuid
from .tables import deleted_threads, thread_secret, threads

if TYPE_CHECKING:
    from collections.abc import Callable

_UNKEYED = uuid.UUID("6f0d6d0e-2b0a-5c52-9a3c-6c1a9a1f2f6e")
_FIXED_BITS = 0xF << 76 | 0b11 << 62
_VERSION_8 = 0x8 << 76 | 0b10 << 62
"""Where a UUID says its version and its variant, and what it says there (RFC 9562)."""

_VERSION_8_TEXT = "________-____-8%"
"""How our keys look to LIKE; no server makes UUIDs of that version."""


def conversation_key(user_id: str, thread: str, secret: bytes, life: int = 0) -> str:
    """Return the key of (user, thread): a UUID, as LangGraph servers want.

    The same name of two users gives two keys, and nobody without the secret can compute either.

    Args:
        user_id: Whose thread, as `clean_user_id` returns it.
        thread: What they call it, as `clean_thread_id` returns it.
        secret: What the database keeps for this.
        life: How often a thread of this name was deleted: then it gets another key.
    """
    named = f"{len(user_id)}:{user_id}{len(thread)}:{thread}{life}".encode()
    number = int.from_bytes(hmac.digest(secret, named, "sha256")[:16], "big")
    return str(uuid.UUID(int=number & ~_FIXED_BITS | _VERSION_8))


def guessable_key(user_id: str, thread: str) -> str:
    """Return the key that earlier versions gave a thread: whoever knows both names knows it.

    Args:
        user_id: Whose thread.
        thread: What they call it.
    """
    return str(uuid.uuid5(_UNKEYED, f"{len(user_id)}:{user_id}{thread}"))


@dataclass(frozen=True, slots=True)
class DeletedThread:
    """A thread that was deleted: a number that grows, its key, and when."""

    number: int
    key: str
    deleted_at: datetime


class KnowsOwners(Protocol):
    """What tells whose a thread is by its checkpoints: our checkpointers do."""

    def owner_of(self, thread_id: str) -> str | None:
        """Return the user who began a thread; None if nobody did."""


class ThreadKeys:
    """The keys of all users' threads.

    Every method is one transaction, and a second one where a thread is new; it raises
    `DatabaseError` when a database fails.

    Args:
        engine: Where the list of threads is kept.
        conversations: Gives the checkpointer, which knows threads that the list doesn't have.
    """

    def __init__(self, engine: Engine, conversations: "Callable[[], KnowsOwners]") -> None:
        self._engine = engine
        self._conversations = conversations
        self._secret: bytes | None = None

    def key_of(self, user_id: str, thread: str) -> str:
        """Return the key of a user's thread, which may be new, or begun on a server.

        A server's keys are UUIDs. Anything else is the id of a thread that a host keeps
        elsewhere, and so is a key that another user had first.

        Args:
            user_id: Whose thread.
            thread: What they call it.
        """
        with reading(self._engine) as connection:
            listed = _listed(connection, user_id, thread)
        for key, owner in listed:
            if owner == user_id and is_uuid(key):
                return key
        before = guessable_key(user_id, thread)
        if self._conversations().owner_of(before) == user_id:
            return before
        return self._new_key(user_id, thread)

    def owner_of(self, key: str) -> str | None:
        """Return the user whose thread a key is; None for one that nobody has begun.

        Args:
            key: The thread's id for the checkpointer.
        """
        with reading(self._engine) as connection:
            owner: str | None = connection.scalar(first_user(key))
        return self._conversations().owner_of(key) if owner is None else owner

    def deleted_after(self, number: int) -> list[DeletedThread]:
        """Return the threads that were deleted after one of them, in order.

        Args:
            number: The number of that one; 0 for all.
        """
        columns = deleted_threads.c.id, deleted_threads.c.key, deleted_threads.c.deleted_at
        later = select(*columns).where(deleted_threads.c.id > number).order_by(columns[0])
        with reading(self._engine) as connection:
            return [DeletedThread(*row) for row in connection.execute(later)]

    def _new_key(self, user_id: str, thread: str) -> str:
        """Return a key that no thread has had yet."""
        secret = self._kept_secret()
        with reading(self._engine) as connection:
            life = 0
            while _was_deleted(connection, conversation_key(user_id, thread, secret, life)):
                life += 1
        return conversation_key(user_id, thread, secret, life)

    def _kept_secret(self) -> bytes:
        """Return the database's secret, which the first who needs it makes."""
        if self._secret is None:
            found = select(thread_secret.c.secret)
            with reading(self._engine) as connection:
                kept: str | None = connection.scalar(found)
            if kept is None:
                with writing(self._engine, "thread secret") as connection:
                    kept = connection.scalar(found)
                    if kept is None:
                        kept = secrets.token_hex(32)
                        connection.execute(insert(thread_secret).values(id=1, secret=kept))
            self._secret = bytes.fromhex(kept)
        return self._secret


def first_user(key: str) -> Select[Any]:
    """Return the query for the user who began a thread; others may speak in a host's thread."""
    return select(threads.c.user_id).where(threads.c.key == key).order_by(threads.c.id).limit(1)


def _listed(connection: Connection, user_id: str, thread: str) -> list[tuple[str, str]]:
    """Return the keys of a user's threads of one name, each with its owner."""
    values = {"user": user_id, "thread": thread, "before": guessable_key(user_id, thread)}
    return [(str(key), str(owner)) for key, owner in connection.execute(_LISTED, values)]


def is_ours(user_id: str, thread: str) -> ColumnElement[bool]:
    """Return the condition for a key that we gave, not a server or a host.

    Args:
        user_id: Whose thread.
        thread: What they call it.
    """
    return _ours(guessable_key(user_id, thread))


def _ours(before: Any) -> ColumnElement[bool]:
    return or_(threads.c.key == before, threads.c.key.like(_VERSION_8_TEXT))


def _listed_query() -> Select[Any]:
    """Return the query of `_listed`, which is made once: every turn asks it."""
    first = threads.alias()
    owner = select(first.c.user_id).where(first.c.key == threads.c.key).order_by(first.c.id)
    mine = and_(threads.c.user_id == bindparam("user"), threads.c.name == bindparam("thread"))
    order = (_ours(bindparam("before")).desc(), threads.c.last_at.desc())
    found: Any = select(threads.c.key, owner.limit(1).scalar_subquery())
    query: Select[Any] = found.where(mine).order_by(*order)
    return query


_LISTED = _listed_query()


def _was_deleted(connection: Connection, key: str) -> bool:
    found = select(deleted_threads.c.id).where(deleted_threads.c.key == key)
    return connection.scalar(found) is not None
