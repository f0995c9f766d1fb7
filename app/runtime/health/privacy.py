"""Warn of keys and of what is kept, where others on the machine can read it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import SettingsError
from ...settings import ENVIRONMENT, Layer, Settings, Trust, field_of
from .findings import Finding, Level

AREA = "Who else can read it"
_OTHERS, _OTHERS_WRITE = 0o077, 0o022
_SHOWN = 3


def privacy_findings(settings: Settings, layers: Sequence[Layer]) -> list[Finding]:
    """Return a finding for each file with keys, and for what is kept, that isn't private.

    What `storage_findings` looks at is left to it.

    Args:
        settings: Where it is kept.
        layers: Where the settings come from.
    """
    if os.name != "posix":
        return []
    texts = [text for layer in layers if (text := _of_keys(layer))]
    people = settings.auth_tokens
    if people is not None and _open(people):
        texts.append(f"{people} says who may sign in. {_advice(people, '600')}")
    texts += _of_directory(settings)
    return [Finding(AREA, Level.WARNING, text) for text in texts]


def _of_keys(layer: Layer) -> str:
    """Return what is to be said of a `.env` that holds keys; empty where nothing is."""
    given = (name for name, value in layer.values.items() if value.strip())
    secrets = [name for name in given if _is_secret(name, layer.trust)]
    if layer.place == ENVIRONMENT or not secrets or not _open(Path(layer.place)):
        return ""
    return f"{layer.place} holds {', '.join(secrets)}. {_advice(Path(layer.place), '600')}"


def _of_directory(settings: Settings) -> Iterator[str]:
    """Yield what is to be said of the data directory, and of the files in it."""
    place = settings.data_dir
    if not place.is_dir() or not _open(place):
        return
    yield f"Data directory: {place}. {_advice(place, '700')}"
    known = {place / ".env", settings.log_file}
    files = (file for file in sorted(place.rglob("*")) if file.is_file() and file not in known)
    lying = [file for file in files if file.suffix != ".db" and _open(file)]
    if lying:
        shown = " ".join(str(file) for file in lying[:_SHOWN])
        more = f" (and {len(lying) - _SHOWN} more)" if len(lying) > _SHOWN else ""
        yield f"Others can read {shown}{more}: chmod 600"


def _advice(path: Path, mode: str) -> str:
    change = " and change" if path.stat().st_mode & _OTHERS_WRITE else ""
    return f"Others can read{change} it: chmod {mode} {path}"


def _open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False


def _is_secret(name: str, trust: Trust) -> bool:
    """Say whether a name is that of a key of ours; in a strange file a general one is theirs."""
    try:
        known = field_of(name).metadata
    except SettingsError:
        return False
    return known["private"] and not (trust is Trust.STRANGE and name in known["general"])
