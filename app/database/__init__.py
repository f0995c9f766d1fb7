"""Open the database and bring its schema up to date.

Every table of every room hangs on `metadata` and carries the prefix `task_relay_`, so a
host may keep its own tables beside ours.
"""

from sqlalchemy import Engine

from app.database.engine import advice, make_file, open_engine, reading, writing
from app.database.metadata import PREFIX, UtcDateTime, metadata
from app.database.schema import HEAD, VERSION_TABLE, upgrade

__all__ = [
    "HEAD",
    "PREFIX",
    "VERSION_TABLE",
    "Engine",
    "UtcDateTime",
    "advice",
    "make_file",
    "metadata",
    "open_engine",
    "reading",
    "upgrade",
    "writing",
]
