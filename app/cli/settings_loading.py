"""Load the settings, and say once what a strange `.env` did to them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..intake import shown

if TYPE_CHECKING:
    from ..settings import Settings

_TOLD = "told.txt"
_MOST_LINES = 200


def load_settings() -> "Settings":
    """Return the settings of this process; what their notes say goes to standard error once.

    A note is remembered in the data directory, so that it is said again when it changes.

    Raises:
        SettingsError: A setting is wrong.
    """
    from ..settings import Settings

    settings = Settings.load()
    if settings.notes:
        _tell(settings.notes, settings.data_dir / _TOLD)
    return settings


def _tell(notes: tuple[str, ...], remembered: Path) -> None:
    """Print the notes that were not printed before.

    Args:
        notes: The lines.
        remembered: The file that keeps which ones were; where it can't be kept, they are said
            again.
    """
    import hashlib

    from ..settings import replace_file

    try:
        told = remembered.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        told = []
    marks = {hashlib.sha256(note.encode()).hexdigest()[:16]: note for note in notes}
    new = {mark: note for mark, note in marks.items() if mark not in told}
    for note in new.values():
        click.echo(f"Note: {shown(note)}", err=True)
    if new:
        try:
            replace_file(remembered, (f"{mark}\n" for mark in [*told, *new][-_MOST_LINES:]))
        except OSError:
            return
