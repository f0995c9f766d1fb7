"""A lazy face says its names three times; they have to be the same."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT

APP = ROOT / "app"
FACES = [file for file in sorted(APP.rglob("__init__.py")) if "__all__" in file.read_text()]
LAZY = [file for file in FACES if "lazy_names(" in file.read_text()]


def name_of(file: Path) -> str:
    """Name a face as it is imported."""
    return ".".join(file.parent.relative_to(ROOT).parts)


def for_type_checkers(tree: ast.Module) -> dict[str, set[str]]:
    """Return the names that a face imports under `TYPE_CHECKING`, by module below it."""
    homes: dict[str, set[str]] = {}
    for block in tree.body:
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
            for node in block.body:
                assert isinstance(node, ast.ImportFrom)
                assert node.level == 1
                homes.setdefault(node.module or "", set()).update(
                    alias.asname or alias.name for alias in node.names
                )
    return homes


def for_the_program(tree: ast.Module, module: ModuleType) -> dict[str, set[str]]:
    """Return the names that a face gives to `lazy_names`, by module below it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "lazy_names":
            table: dict[str, list[str]] = eval(ast.unparse(node.args[1]), dict(vars(module)))
            return {home: set(names) for home, names in table.items()}
    raise AssertionError("there is no table for lazy_names")


@pytest.mark.parametrize("face", LAZY, ids=name_of)
def test_a_lazy_face_says_the_same_to_type_checkers(face: Path) -> None:
    tree = ast.parse(face.read_text())
    told = for_the_program(tree, importlib.import_module(name_of(face)))
    assert told == for_type_checkers(tree)


@pytest.mark.parametrize("face", FACES, ids=name_of)
def test_a_face_offers_what_it_imports_and_nothing_else(face: Path) -> None:
    tree = ast.parse(face.read_text())
    module = importlib.import_module(name_of(face))
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }
    lazy = set().union(*for_type_checkers(tree).values())
    assert len(module.__all__) == len(set(module.__all__))
    assert imported | lazy <= set(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
