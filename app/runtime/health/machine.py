"""Look at the clock, the zone, the versions, and what the settings may have meant."""

import platform
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from ...settings import DEFAULT, Layer, Settings, misspelt_settings, origin_of
from .findings import Finding, Level
from .models import ExaminedPlace

AREA = "This machine"
_PACKAGES = ("langgraph", "langchain-core", "langchain-google-genai", "langchain-groq")
_EXTRAS = ("langchain-openai", "langchain-anthropic", "langchain-ollama")
_LARGEST_SKEW = 60.0
"""Seconds that the clock may differ from the providers'; signatures and waits need no more."""


def machine_findings(
    places: Sequence[ExaminedPlace], settings: Settings, layers: Sequence[Layer], now: datetime
) -> list[Finding]:
    """Return what was found about clock, settings and versions."""
    found = [_clock(places, settings, layers, now)]
    for name, place, near in misspelt_settings(layers):
        told = f"{name} ({place}) is no setting. Did you mean {near}?"
        found.append(Finding(AREA, Level.WARNING, told))
    return [*found, Finding(AREA, Level.OK, ", ".join(_versions()))]


def _clock(
    places: Iterable[ExaminedPlace], settings: Settings, layers: Sequence[Layer], now: datetime
) -> Finding:
    source = origin_of(layers, ("APP_TIMEZONE",), None).source
    zone = "the machine's zone" if source == DEFAULT else f"APP_TIMEZONE, {source}"
    told = f"It is {now:%a %Y-%m-%d %H:%M} in {settings.timezone} ({zone})."
    lists = [
        examined.probed.listed for examined in places if examined.probed and examined.probed.listed
    ]
    skews = [(one.told_at - now).total_seconds() for one in lists if one.told_at]
    if skews and min(map(abs, skews)) > _LARGEST_SKEW:
        skew = min(skews, key=abs)
        way = "behind" if skew > 0 else "ahead of"
        told += f" The clock is {abs(skew):.0f} s {way} the providers': set it."
        return Finding(AREA, Level.WARNING, told)
    return Finding(AREA, Level.OK, told)


def _versions() -> Iterable[str]:
    yield f"task-relay {_version('task-relay') or 'not installed'}"
    yield f"Python {platform.python_version()} on {platform.system()}"
    for package in (*_PACKAGES, *_EXTRAS, "SQLAlchemy"):
        if found := _version(package):
            yield f"{package} {found}"
        elif package in _PACKAGES:
            yield f"{package} missing"
    yield f"SQLite {sqlite3.sqlite_version}"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
