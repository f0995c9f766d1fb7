"""Hold the picture in `docs/architecture.md` against the imports.

The picture is a reduction: a room stands for all its files, the leaves that everything may use
(errors, clock, reply, events, forking, intake) are left out, and so is an arrow that follows from
two others because it only skips a floor. What is left must be exactly what is drawn.
"""

import ast
import re
from collections.abc import Iterator
from itertools import product

from tests.documents import ALL, ROOT

APP = ROOT / "app"
DOCUMENT = ALL["docs/architecture.md"]
PICTURE = DOCUMENT.split("```mermaid\n")[1].split("```")[0]
LEAVES = {"errors", "clock", "reply", "events", "forking", "intake"}
NO_ROOMS = {"__init__", "__main__", "studio"}
"""The face, the entry points, and the address under which a server's graph was known before."""
ROOMS = (
    {
        place.stem
        for place in APP.iterdir()
        if place.suffix == ".py" or (place / "__init__.py").exists()
    }
    - LEAVES
    - NO_ROOMS
)
Arrow = tuple[str, str]


def imports() -> set[Arrow]:
    """Return which room imports which."""
    found = set()
    for file in APP.rglob("*.py"):
        parts = file.relative_to(APP).with_suffix("").parts
        for target in _targets(ast.parse(file.read_text(encoding="utf-8")), parts):
            found.add((parts[0], target))
    return {(room, target) for room, target in found if room != target and {room, target} <= ROOMS}


def _targets(tree: ast.Module, parts: tuple[str, ...]) -> Iterator[str]:
    """Yield the rooms that a module imports, wherever in it, in absolute or in relative form."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            yield from (name[1] for name in names if name[0] == "app" and len(name) > 1)
        elif isinstance(node, ast.ImportFrom):
            module = node.module.split(".") if node.module else []
            if node.level:
                module = [*parts[: len(parts) - node.level], *module]
            elif module[:1] == ["app"]:
                module = module[1:]
            else:
                continue
            yield from module[:1] or (alias.name for alias in node.names)


def reduced(arrows: set[Arrow]) -> set[Arrow]:
    """Leave out each arrow whose ends are joined by a way over other rooms."""
    reach = set(arrows)
    for _ in range(len({end for arrow in arrows for end in arrow})):
        reach |= {(a, d) for (a, b), (c, d) in product(reach, reach) if b == c}
    rooms = {room for arrow in arrows for room in arrow}
    return {
        (a, b) for a, b in arrows if not any((a, r) in reach and (r, b) in reach for r in rooms)
    }


def drawn() -> set[Arrow]:
    """Return the arrows of the picture."""
    found = set()
    for line in PICTURE.splitlines():
        if "-->" in line:
            sources, targets = (re.findall(r"\w+", side) for side in line.split("-->"))
            found |= set(product(sources, targets))
    return found


def test_picture_is_drawn_from_the_imports() -> None:
    assert drawn() == reduced(imports())


def test_picture_names_every_room() -> None:
    assert set(re.findall(r"^ +(\w+)\[", PICTURE, re.M)) == ROOMS


def test_every_arrow_points_down_in_the_picture() -> None:
    floors = re.findall(r"subgraph (\w+)\[.*?\n(.*?)\n +end", PICTURE, re.S)
    height = {
        room: number
        for number, (_, rooms) in enumerate(floors)
        for room in re.findall(r"\w+(?=\[)", rooms)
    }
    assert [(a, b) for a, b in drawn() if height[a] > height[b]] == []
