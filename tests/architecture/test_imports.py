"""Read the imports, as import-linter does: the contracts are in `pyproject.toml`.

They hold; and each fails where a bad import is added to a copy of the tree.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

UPWARD = {
    "errors": "settings",
    "clock": "tasks",
    "settings": "database",
    "database": "telemetry",
    "telemetry": "tasks",
    "conversations": "telemetry",
    "tasks": "tools",
    "tools": "llm",
    "llm": "tools",
    "graph": "runtime",
    "runtime": "agent",
    "agent": "cli",
    "server": "cli",
    "cli": "server",
}
"""By room, from the lowest floor to the top: a room above it, or beside it."""
PAST_A_FACE = {
    "telemetry": "settings.sources",
    "conversations": "database.engine",
    "tasks": "database.engine",
    "llm": "telemetry.ledger",
    "tools": "tasks.service",
    "graph": "llm.chain",
    "runtime": "conversations.transcript",
    "agent": "graph.build",
    "server": "settings.table",
    "cli": "llm.failures.verdict",
}
"""By room: a file of a room below it."""
PACKAGES = {
    "tasks": "langchain_core",
    "database": "langgraph",
    "cli": "sqlalchemy",
    "graph": "langchain_groq",
    "tools": "sqlalchemy",
    "llm": "sqlalchemy",
}
"""By room: a package that it must do without."""


def lint(tree: Path, *options: str) -> tuple[int, str]:
    """Check the contracts of a tree; return the exit code, and what was said."""
    code = "from importlinter.cli import lint_imports_command as lint; lint()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-logo", *options],
        capture_output=True,
        text=True,
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200", "NO_COLOR": "1"},
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_contracts_hold() -> None:
    code, said = lint(ROOT)
    assert code == 0, said


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Check a copy of the tree that has each bad import; return what is said."""
    tree = tmp_path_factory.mktemp("tree")
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("app", "tests/architecture"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tree)
    shutil.copy(ROOT / "tests/__init__.py", tree / "tests")
    for room, target in UPWARD.items():
        _add(tree, room, "absolute", f"from app.{target} import something")
        _add(tree, room, "relative", f"from {_up(tree, room)}{target} import something")
        _add(tree, room, "lazy", f"def f():\n    from {_up(tree, room)}{target} import something")
    for room, module in PAST_A_FACE.items():
        _add(tree, room, "past", f"def f():\n    from {_up(tree, room)}{module} import something")
    for room, package in PACKAGES.items():
        _add(tree, room, "package", f"def f():\n    import {package}.something")
    _add(tree, "tasks", "root", "from .. import build_graph")
    _add(tree, "llm", "tasks", "from ..tasks import TaskService")
    code, said = lint(tree, "--no-cache")
    assert code == 1, said
    return said


def _add(tree: Path, room: str, kind: str, statement: str) -> None:
    """Add an import to a room: in a file of its own, or at the end of the room's only file."""
    if (tree / "app" / room).is_dir():
        (tree / "app" / room / f"bad_{kind}.py").write_text(f"{statement}\n")
    else:
        with (tree / "app" / f"{room}.py").open("a") as file:
            file.write(f"\n\n{statement}\n")


def _up(tree: Path, room: str) -> str:
    return ".." if (tree / "app" / room).is_dir() else "."


@pytest.mark.parametrize("room", UPWARD)
def test_an_import_that_points_up_or_sideways_is_found(room: str, complaints: str) -> None:
    found = [line for line in complaints.splitlines() if f"-> app.{UPWARD[room]} (" in line]
    if (ROOT / "app" / room).is_dir():
        for kind in ("absolute", "relative", "lazy"):
            assert any(line.startswith(f"- app.{room}.bad_{kind} ->") for line in found), kind
    else:
        (line,) = (line for line in found if line.startswith(f"- app.{room} ->"))
        assert line.count("l.") == 3, line


@pytest.mark.parametrize("room", PAST_A_FACE)
def test_an_import_past_a_face_is_found(room: str, complaints: str) -> None:
    importer = f"app.{room}.bad_past" if (ROOT / "app" / room).is_dir() else f"app.{room}"
    assert f"- {importer} -> app.{PAST_A_FACE[room]} (" in complaints


@pytest.mark.parametrize("room", PACKAGES)
def test_a_package_that_a_room_must_not_know_is_found(room: str, complaints: str) -> None:
    assert f"- app.{room}.bad_package -> {PACKAGES[room]} (" in complaints


def test_what_the_top_offers_is_not_for_the_rooms(complaints: str) -> None:
    assert "- app.tasks.bad_root -> app (" in complaints


def test_models_know_no_tasks(complaints: str) -> None:
    assert "-   app.llm.bad_tasks -> app.tasks (" in complaints
