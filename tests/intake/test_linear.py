"""Nothing that a stranger writes may take more than its length: each reader, and hostile texts."""

import ast
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
OWN_TEXT_ONLY = {"database/migrations/versions/0003_task_domain.py"}
"""It reads titles once, when a database of an older version is brought up to date."""


def slow(name: str, units: tuple[str, ...]) -> list[tuple[str, tuple[str, str], float]]:
    """Return the texts for which a reader takes too long."""
    reader = READERS[name]
    took = (
        (unit, frame, seconds_of(reader.read, text_of(unit, frame)))
        for frame in reader.frames
        for unit in dict.fromkeys((*reader.units, *units))
    )
    return [one for one in took if one[2] > LIMIT]


@pytest.mark.parametrize("name", READERS)
def test_reader_takes_less_than_a_second_for_a_hostile_text(name: str) -> None:
    assert slow(name, FEW[:2]) == []


@pytest.mark.long
@pytest.mark.parametrize("name", READERS)
def test_reader_takes_less_than_a_second_for_any_hostile_text(name: str) -> None:
    assert slow(name, ALL) == []


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
