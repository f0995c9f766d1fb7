"""Look at the clock, the zone, the versions, and what the settings may have meant."""

import platform
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from ...settings import DEFAULT, PROVIDERS, Layer, Settings, misspelt_settings, origin_of
from .findings import Finding, Level
from .models import ExaminedPlace

AREA = "This machine"
_PACKAGES = ("langgraph", "langchain-core")
_LARGEST_SKEW = 60.0
"""Seconds that the clock may differ from the providers'; signatures and waits need no more."""


def machine_findings(
    models: Sequence[ExaminedPlace], settings: Settings, layers: Sequence[Layer], now: datetime
) -> list[Finding]:
    """Return what was found about clock, settings and versions.

    Args:
        models: The chain; a provider's answer tells the provider's time.
        settings: What the program runs with.
        layers: Where the settings come from.
        now: The instant, in the person's zone.
    """
    findings = [_clock(models, settings, layers, now)]
    for name, source, near in misspelt_settings(layers):
        text = f"{name} ({source}) is no setting. Did you mean {near}?"
        findings.append(Finding(AREA, Level.WARNING, text))
    for note in settings.notes:
        level = Level.WARNING if "Left out of" in note else Level.OK
        findings.append(Finding(AREA, level, note))
    return [*findings, Finding(AREA, Level.OK, ", ".join(_versions()))]


def _clock(
    models: Iterable[ExaminedPlace], settings: Settings, layers: Sequence[Layer], now: datetime
) -> Finding:
    source = origin_of(layers, ("APP_TIMEZONE",), None).source
    zone = "the machine's zone" if source == DEFAULT else f"APP_TIMEZONE, {source}"
    text = f"It is {now:%a %Y-%m-%d %H:%M} in {settings.timezone} ({zone})."
    lists = [
        examined.probed.listed for examined in models if examined.probed and examined.probed.listed
    ]
    skews = [(listed.told_at - now).total_seconds() for listed in lists if listed.told_at]
    if skews and min(map(abs, skews)) > _LARGEST_SKEW:
        skew = min(skews, key=abs)
        way = "behind" if skew > 0 else "ahead of"
        text += f" The clock is {abs(skew):.0f} s {way} the providers': set it."
        return Finding(AREA, Level.WARNING, text)
    return Finding(AREA, Level.OK, text)


def _versions() -> Iterable[str]:
    yield f"task-relay {_version('task-relay') or 'not installed'}"
    yield f"Python {platform.python_version()} on {platform.system()}"
    needed = (*_PACKAGES, *(row.package for row in PROVIDERS.values() if row.extra is None))
    extras = (row.package for row in PROVIDERS.values() if row.extra is not None)
    for package in dict.fromkeys((*needed, *extras, "SQLAlchemy")):
        if number := _version(package):
            yield f"{package} {number}"
        elif package in needed:
            yield f"{package} missing"
    yield f"SQLite {sqlite3.sqlite_version}"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
