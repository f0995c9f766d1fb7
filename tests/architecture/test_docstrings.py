"""Read the docstrings: a public function with two parameters or more describes each of them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

APP = ROOT / "app"
ROOMS = sorted(place.name for place in APP.iterdir() if place.suffix == ".py" or place.is_dir())
SPEAKS_TO_OTHERS = ("command", "group", "tool", "reads", "writes", "override", "overload")
"""Decorators under which a docstring is a help text, a prompt, or its base class's."""


def test_public_functions_of_two_parameters_describe_them() -> None:
    assert [told for room in ROOMS for told in undescribed(APP / room)] == []


def undescribed(place: Path) -> Iterator[str]:
    """Name the functions below a folder, or of a file, that have parameters but no `Args:`."""
    for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
        if "migrations" in file.parts:
            continue
        for owner, function in functions_in(ast.parse(file.read_text()), ""):
            if "Args:" not in (ast.get_docstring(function) or "") and _speaks_for_itself(function):
                yield f"{file.relative_to(ROOT)}:{function.lineno} {owner}{function.name}"


def functions_in(
    node: ast.AST, owner: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield the public functions of a module and the public methods of its public classes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from functions_in(child, f"{child.name}.")
        elif isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef
        ) and not child.name.startswith("_"):
            yield owner, child


def _speaks_for_itself(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    decorators = " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
    if any(word in decorators for word in SPEAKS_TO_OTHERS):
        return False
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return sum(one.arg not in ("self", "cls") for one in named) > 1


if __name__ == "__main__":
    import sys

    for told in (told for place in sys.argv[1:] for told in undescribed(Path(place).absolute())):
        print(told)  # noqa: T201
