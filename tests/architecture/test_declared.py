"""What the code imports is declared, so that nothing works only by another package's leave."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.conftest import ROOT

OURS = {"app", "benchmarks", "task_relay", "tests"}
OF_THEIR_CLIENTS = {"anthropic", "openai"}
"""Clients that LangChain's packages for them bring along, in a version that fits."""
OTHER_NAMES = {"pydantic_ai": ["pydantic-ai-slim"]}
"""Of packages that are measured against and need not be installed."""


def requirements(*parts: list[str]) -> set[str]:
    """Return the names of packages, without versions and extras."""
    return {normal(re.split(r"[\[<>=]", line)[0]) for part in parts for line in part}


def normal(name: str) -> str:
    """Spell a package's name as every index does."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folder: Path) -> Iterator[str]:
    """Yield the packages that the files below a folder import."""
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.split(".")[0]


@pytest.mark.parametrize("folder", ["app", "tests", "benchmarks"])
def test_every_package_that_is_imported_is_declared(folder: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    declared = requirements(project["dependencies"], *extras.values()) | OF_THEIR_CLIENTS
    if folder == "app":
        declared -= requirements(extras["dev"]) - requirements(
            project["dependencies"], *(lines for name, lines in extras.items() if name != "dev")
        )
    distributions = {**OTHER_NAMES, **packages_distributions()}
    undeclared = {
        name
        for name in set(imported(ROOT / folder)) - OURS - sys.stdlib_module_names
        if not {normal(one) for one in distributions.get(name, [name])} & declared
    }
    assert undeclared == set()
