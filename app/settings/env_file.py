"""Change one line of a `.env`, and leave all others as they are."""

import os
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from ..errors import SettingsError
from .private_files import replace_file
from .sources import interpolated

_SAFE = re.compile(r"[\w./:@%+,=-]+", re.ASCII)


def set_line(file: Path, name: str, value: str) -> None:
    """Set a variable in a `.env`, which is made where it is missing, with mode 0600.

    Args:
        file: The `.env`.
        name: The variable.
        value: Its value, as it is to be read back.

    Raises:
        SettingsError: The file can't be read or written, or can't hold the value.
    """
    before = _text_of(file)
    for written in _spellings(value):
        after = "".join(_with(before, f"{name}={written}", name))
        if _values(after) == _values(before) | {name: value}:
            _replace(file, after)
            return
    raise SettingsError(f"{file} can't hold this value of {name} in a way that is read back.")


def remove_line(file: Path, name: str) -> bool:
    """Take a variable out of a `.env`; say whether it was there.

    Args:
        file: The `.env`.
        name: The variable.

    Raises:
        SettingsError: The file can't be read or written.
    """
    before = _text_of(file)
    if name not in _values(before):
        return False
    _replace(file, "".join(_with(before, None, name)))
    return True


def _spellings(value: str) -> Iterator[str]:
    """Yield how a value may be written, the plainest first.

    `${` would begin a variable, so its `$` is written as the default of one that isn't there.
    """
    literal = value.replace("${", "${:-$}{")
    if _SAFE.fullmatch(literal):
        yield literal
    escaped = literal.replace("\\", "\\\\").replace("'", "\\'")
    yield f"'{escaped}'"
    yield literal


def _with(text: str, line: str | None, name: str) -> Iterator[str]:
    """Yield a text in which the lines of a name have made place for one, or for none."""
    from dotenv.parser import parse_stream

    ending = "\r\n" if "\r\n" in text else "\n"
    last = ending
    for binding in parse_stream(StringIO(text, newline="")):
        piece = binding.original.string
        if binding.key == name:
            head = piece[: len(piece) - len(piece.lstrip())]
            piece = head if line is None else f"{head}{line}{ending}"
            line = None
        last = piece or last
        yield piece
    if line is not None:
        yield f"{'' if last.endswith(ending) else ending}{line}{ending}"


def _values(text: str) -> dict[str, str | None]:
    from dotenv import dotenv_values

    given = dotenv_values(stream=StringIO(text, newline=""), interpolate=False)
    return dict(interpolated(given, os.environ))


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} can't be read ({error}); mend or remove it.") from None


def _replace(file: Path, text: str) -> None:
    try:
        replace_file(file, [text])
    except OSError as error:
        raise SettingsError(
            f"{file} can't be written ({error.strerror}). Check its owner and mode, or set "
            "APP_DATA_DIR to another place."
        ) from error
