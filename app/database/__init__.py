"""Open the database and bring its schema up to date.

Every table of every room hangs on `metadata` and carries the prefix `task_relay_`, so a
host may keep its own tables beside ours.
"""

from sqlalchemy import Engine

from .engine import advice, make_file, open_engine, reading, writing
from .file_locks import lock_byte, preparing, unlock_byte
from .fork_gate import fork_gate
from .metadata import PREFIX, UtcDateTime, in_code_order, metadata
from .ownership import refuse_others_database
from .postgresql import driver_options, explained, missing_extra
from .read_only import open_readable, way_to_read
from .schema import HEAD, VERSION_TABLE, upgrade, version_of
from .sqlite import patiently, progress_of

__all__ = [
    "HEAD",
    "PREFIX",
    "VERSION_TABLE",
    "Engine",
    "UtcDateTime",
    "advice",
    "driver_options",
    "explained",
    "fork_gate",
    "in_code_order",
    "lock_byte",
    "make_file",
    "metadata",
    "missing_extra",
    "open_engine",
    "open_readable",
    "patiently",
    "preparing",
    "progress_of",
    "reading",
    "refuse_others_database",
    "unlock_byte",
    "upgrade",
    "version_of",
    "way_to_read",
    "writing",
]
