"""Say where settings come from, and what the machine brings of its own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import SettingsError
from .values import path, zone_name

ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Layer:
    """One place that settings come from: the environment, or a `.env`, named by its path."""

    place: str
    values: Mapping[str, str]


def layers(environment: Mapping[str, str] | None, directory: Path | None) -> list[Layer]:
    """Return where settings come from, the nearest first; the last is the data directory's.

    Args:
        environment: Variables by name; the process's own when None.
        directory: Where the first `.env` is looked for; the working directory when None.

    Raises:
        SettingsError: A `.env` can't be read, or the data directory's name not be used.
    """
    near = [Layer(ENVIRONMENT, os.environ if environment is None else environment)]
    here = (directory or Path.cwd()) / ".env"
    near.append(Layer(str(here), dotenv(here)))
    far = data_dir([layer.values for layer in near]) / ".env"
    return [*near, Layer(str(far), dotenv(far))]


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


def dotenv(file: Path) -> Mapping[str, str]:
    """Return what a `.env` holds; nothing where there is none.

    Raises:
        SettingsError: It can't be read.
    """
    if not file.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        values = dotenv_values(file, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} can't be read ({error}); mend or remove it.") from None
    return {name: value or "" for name, value in values.items()}


def default_data_dir() -> Path:
    """Return where the platform keeps a program's data."""
    from platformdirs import user_data_path

    return user_data_path("task-relay", appauthor=False)


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
