"""The file that keeps the lines a person has typed, one file a user."""

import hashlib
from pathlib import Path


def history_path(data_dir: Path, user: str) -> Path:
    """Return the history file of a user.

    Its name is a hash, so that no user id leads out of the directory or to another's file.

    Args:
        data_dir: The program's data directory.
        user: The user id.
    """
    return data_dir / "history" / hashlib.sha256(user.encode()).hexdigest()[:16]
