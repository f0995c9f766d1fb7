"""Open the database and bring its schema up to date.

Every table of every room hangs on `metadata` and carries the prefix `task_relay_`, so a
host may keep its own tables beside ours.
"""

from sqlalchemy import Engine

from .engine import advice, make_file, open_engine, reading, writing
from .failures import Heard, is_of_database, tell_failures
from .file_locks import lock_byte, preparing, unlock_byte
from .fork_gate import fork_gate
from .metadata import PREFIX, UtcDateTime, in_code_order, metadata
from .ownership import refuse_others_database
from .postgresql import connect, driver_options, explained, missing_extra, parameters
from .postgresql_sessions import check_sessions, refuse_transaction_mode
from .postgresql_waiting import answered, connection_patience
from .read_only import open_readable, way_to_read
from .schema import HEAD, VERSION_TABLE, upgrade, version_of
from .sqlite import patiently, progress_of

__all__ = [
    "HEAD",
    "PREFIX",
    "VERSION_TABLE",
    "Engine",
    "Heard",
    "UtcDateTime",
    "advice",
    "answered",
    "check_sessions",
    "connect",
    "connection_patience",
    "driver_options",
    "explained",
    "fork_gate",
    "in_code_order",
    "is_of_database",
    "lock_byte",
    "make_file",
    "metadata",
    "missing_extra",
    "open_engine",
    "open_readable",
    "parameters",
    "patiently",
    "preparing",
    "progress_of",
    "reading",
    "refuse_others_database",
    "refuse_transaction_mode",
    "tell_failures",
    "unlock_byte",
    "upgrade",
    "version_of",
    "way_to_read",
    "writing",
]
