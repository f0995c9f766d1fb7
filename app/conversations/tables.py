"""Hold the tables of threads and of the transcript, which the migrations make."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from ..database import PREFIX, UtcDateTime, metadata

threads = Table(
    f"{PREFIX}threads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("name", String, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

transcript = Table(
    f"{PREFIX}transcript",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("thread_id", Integer, nullable=False),
    Column("message_id", String, nullable=False),
    Column("said_at", UtcDateTime, nullable=False),
    Column("role", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("more", JSON(none_as_null=True)),
)

thread_secret = Table(
    f"{PREFIX}thread_secret",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("secret", String, nullable=False),
)

deleted_threads = Table(
    f"{PREFIX}deleted_threads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("deleted_at", UtcDateTime, nullable=False),
)
