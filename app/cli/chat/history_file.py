"""Say where the lines are kept that a person has typed, one file a user."""

import hashlib
from pathlib import Path


def typed_file(data_dir: Path, user: str) -> Path:
    """Return the file of a user; no two names make the same, nor a path of their own."""
    return data_dir / "history" / hashlib.sha256(user.encode()).hexdigest()[:16]
