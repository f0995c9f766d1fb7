"""Nothing that a stranger writes may take more than its length: each reader, and hostile texts."""

import ast
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import app
from tests.intake.hostile import ALL, FEW, LIMIT, seconds_of, text_of
from tests.intake.readers import READERS

ROOT = Path(str(app.__file__)).parent
_SHARES = 16
OWN_TEXT_ONLY = {"database/migrations/versions/0003_task_domain.py"}
"""It reads titles once, when a database of an older version is brought up to date."""


def share_of(name: str) -> tuple[str, ...]:
    """Return a reader's share of all hostile texts; all of them would take hours."""
    if os.environ.get("HOSTILE_TEXTS") == "all":
        return ALL
    return ALL[sum(name.encode()) % _SHARES :: _SHARES]


def slow(name: str, units: tuple[str, ...]) -> list[tuple[str, tuple[str, str], float]]:
    """Return the texts for which a reader takes too long."""
    reader, found = READERS[name], []
    for frame in reader.frames:
        for unit in dict.fromkeys((*reader.units, *units)):
            text = text_of(unit, frame)
            limit = reader.limit(text)
            if (took := seconds_of(reader.read, text, limit)) > limit:
                found.append((unit, frame, took))
    return found


@pytest.mark.parametrize("name", READERS)
def test_reader_takes_less_than_a_second_for_a_hostile_text(name: str) -> None:
    assert slow(name, FEW[:2]) == []


@pytest.mark.long
@pytest.mark.parametrize("name", READERS)
def test_reader_takes_less_than_a_second_for_any_hostile_text(name: str) -> None:
    assert slow(name, share_of(name)) == []


def test_a_pattern_that_is_quadratic_is_found() -> None:
    import re

    quadratic = re.compile(r"(?P<title>.+?)\s+(?P<due>today)")
    assert seconds_of(quadratic.fullmatch, text_of(" ", ("x", "y"))) > LIMIT


def test_every_module_with_a_pattern_is_behind_a_reader() -> None:
    entered: set[str] = set()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            entered.add(frame.f_code.co_filename)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for reader in READERS.values():
            for start, end in reader.frames:
                for unit in ("a ", "1", "{"):
                    with suppress(Exception):
                        reader.read(f"{start}{unit * 3}{end}")
    finally:
        sys.setprofile(before)
    patterned = {path for path in ROOT.rglob("*.py") if _has_patterns(path)}
    missed = {str(path.relative_to(ROOT)) for path in patterned if str(path) not in entered}
    assert missed == OWN_TEXT_ONLY


def _has_patterns(path: Path) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "re"
        and node.attr in ("compile", "fullmatch", "match", "search", "findall", "split", "sub")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )
