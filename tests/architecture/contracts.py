"""Contracts for import-linter, beside its own: faces, and packages that a room must not name."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FacesContract(Contract):
    """An import that leaves its folder ends at a folder's `__init__`, or at a neighbour.

    A module may import what lies in its own folder or in a folder around it, and an `__init__`
    what lies anywhere below it. Of any other folder a module may import the `__init__`, and a
    module that this names in `__all__`. What lies loose in the top folder is everybody's; from
    the top folder's own `__init__`, which wires everything, come only the names in
    `allowed_of_root`.

    Options:
        root: The package whose folders have faces.
        allowed_of_root: The names that any module may import from the root's `__init__`.
    """

    type_name = "faces"

    root = fields.StringField()
    allowed_of_root = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the imports that go past a face."""
        root, allowed = str(self.root), _texts(self.allowed_of_root)
        past: list[str] = []
        for importer in sorted(graph.find_descendants(root) | {root}):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                details = graph.get_import_details(importer=importer, imported=imported)
                for detail in details:
                    if imported == root:
                        wrong = not _only(detail["line_contents"], allowed)
                    else:
                        wrong = imported.startswith(f"{root}.") and _is_past_a_face(
                            importer, imported, graph
                        )
                    if wrong:
                        past.append(f"{importer} -> {imported} (l.{detail['line_number']})")
        return ContractCheck(kept=not past, metadata={"lines": past})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the imports that go past a face, with their lines."""
        _print(check)


def _is_past_a_face(importer: str, imported: str, graph: ImportGraph) -> bool:
    folder, _, name = imported.rpartition(".")
    if importer == folder or importer.startswith(f"{folder}."):
        return False
    is_below = imported.startswith(f"{importer}.")
    if is_below or graph.find_children(imported):
        return False
    return name not in _names_offered_by(folder)


@cache
def _names_offered_by(package: str) -> list[str]:
    """Read a package's `__all__` from its file, without running it."""
    root, _, below = package.partition(".")
    spec = find_spec(root)
    assert spec is not None
    assert spec.origin is not None
    face = Path(spec.origin).parent.joinpath(*below.split("."), "__init__.py")
    for node in ast.parse(face.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    return []


def _only(line: str, allowed: tuple[str, ...]) -> bool:
    """Say whether a `from ... import` statement imports nothing but these names."""
    statement = ast.parse(line.strip()).body[0]
    return isinstance(statement, ast.ImportFrom) and all(
        alias.name in allowed for alias in statement.names
    )


class WithoutPackagesContract(Contract):
    """Rooms that never name packages whose names begin with certain words.

    The stock contract wants each package listed, so that a new provider's would go unseen.

    Options:
        rooms: The modules, with all below them, that must do without.
        beginnings: How the names of the unwanted packages begin.
        apart_from: The packages among them that are allowed.
    """

    type_name = "without_packages"

    rooms = fields.ListField(subfield=fields.StringField())
    beginnings = fields.ListField(subfield=fields.StringField())
    apart_from = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find the imports of such packages."""
        rooms = _texts(self.rooms)
        beginnings = _texts(self.beginnings)
        allowed = _texts(self.apart_from)
        lines = [
            f"{importer} -> {imported} (l.{detail['line_number']})"
            for room in rooms
            for importer in sorted(graph.find_descendants(room) | {room})
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.startswith(beginnings) and imported not in allowed
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not lines, metadata={"lines": lines})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the imports, with their lines."""
        _print(check)


def _texts(option: Any) -> tuple[str, ...]:
    """Return what a list of texts holds; the linter declares a field and puts the list there."""
    return tuple(option or ())


def _print(check: ContractCheck) -> None:
    for line in check.metadata["lines"]:
        output.print_error(f"- {line}")
    output.new_line()
