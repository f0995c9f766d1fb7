"""Say where settings come from, and what the machine brings of its own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from ..errors import SettingsError
from .values import path, zone_name

ENVIRONMENT = "environment"


_THEIR_OWN = ("HOME", "USER", "USERPROFILE", "LOGNAME")
"""What a strange `.env` may fill in of the environment, which may hold anybody's secrets."""


class Trust(IntEnum):
    """Whose a place is that settings come from.

    STRANGE is the `.env` of a working directory, which anybody may have written; NAMED is that of
    a data directory that such a file names, which may be the person's after all; OWN is the
    person's for sure.
    """

    STRANGE = 0
    NAMED = 1
    OWN = 2


@dataclass(frozen=True, slots=True)
class Layer:
    """One place that settings come from: the environment, or a `.env`, named by its path."""

    place: str
    values: Mapping[str, str]
    trust: Trust = Trust.OWN


def layers(environment: Mapping[str, str] | None, directory: Path | None) -> list[Layer]:
    """Return where settings come from, the nearest first; the last is the data directory's.

    Args:
        environment: Variables by name; the process's own when None.
        directory: Where the first `.env` is looked for; the working directory when None.

    Raises:
        SettingsError: A `.env` can't be read, or the data directory's name not be used.
    """
    given = os.environ if environment is None else environment
    file = (directory or Path.cwd()) / ".env"
    theirs = {name: given[name] for name in _THEIR_OWN if name in given}
    here = Layer(str(file), dotenv(file, theirs), Trust.STRANGE)
    far = data_dir([given, here.values]) / ".env"
    named = first([given], "APP_DATA_DIR") is None and bool(first([here.values], "APP_DATA_DIR"))
    trust = Trust.NAMED if named else Trust.OWN
    last = Layer(str(far), dotenv(far, theirs if named else given), trust)
    near = [] if _are_one(file, far) else [here]
    return [Layer(ENVIRONMENT, given), *near, last]


def data_dir(near: list[Mapping[str, str]]) -> Path:
    """Return the data directory that the environment or the `.env` here names, or the default."""
    value = first(near, "APP_DATA_DIR")
    if value is None:
        return default_data_dir()
    try:
        return path(value)
    except ValueError as error:
        raise SettingsError(f'APP_DATA_DIR is "{value}", but must be {error}.') from None


def first(layers: list[Mapping[str, str]], name: str) -> str | None:
    """Return the first value of a variable that isn't blank.

    Args:
        layers: Variables by name, the nearest layer first.
        name: The variable.
    """
    return next((value for layer in layers if (value := layer.get(name, "").strip())), None)


_MOST_NAMES = 100


def dotenv(file: Path, fill: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Return what a `.env` holds; nothing where there is none.

    Args:
        file: The `.env`.
        fill: What `${NAME}` may stand for in it, besides the names that it sets itself; the
            process's environment when None.

    Raises:
        SettingsError: It can't be read.
    """
    if not file.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        given = dotenv_values(file, encoding="utf-8-sig", interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} can't be read ({error}); mend or remove it.") from None
    return interpolated(given, os.environ if fill is None else fill)


def interpolated(given: Mapping[str, str | None], fill: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a `.env` with what `${NAME}` stands for.

    A value with more of them than anybody writes stays as it is: the library looks for the end
    of each anew.

    Args:
        given: The values as they stand there.
        fill: What names stand for that the file doesn't set before.
    """
    from dotenv.variables import parse_variables

    values: dict[str, str] = {}
    for name, value in given.items():
        text, known = value or "", {**fill, **values}
        if "}" in text and 0 < text.count("${") <= _MOST_NAMES:
            text = "".join(part.resolve(known) for part in parse_variables(text))
        values[name] = text
    return values


def default_data_dir() -> Path:
    """Return where the platform keeps a program's data."""
    from platformdirs import user_data_path

    return user_data_path("task-relay", appauthor=False)


def _are_one(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def machine_timezone() -> str:
    """Return the machine's zone; UTC where it has none that is known."""
    import warnings

    from tzlocal import get_localzone_name, reload_localzone

    with warnings.catch_warnings(action="ignore"):
        try:
            reload_localzone()  # it may have changed since the library looked
            return zone_name(get_localzone_name() or "UTC")
        except (ValueError, LookupError, OSError):
            return "UTC"
