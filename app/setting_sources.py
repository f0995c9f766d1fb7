"""Say where settings come from, and what the machine brings of its own."""

from collections.abc import Mapping
from pathlib import Path

from app.errors import SettingsError
from app.setting_values import timezone


def first(layers: list[Mapping[str, str]], name: str) -> str | None:
    """Return the first value of a variable that isn't blank."""
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
            return timezone(get_localzone_name() or "UTC")
        except (ValueError, LookupError, OSError):
            return "UTC"
