"""Copy the package, change the copy, and use it beside the real one.

The package's imports are relative, so the copy works under any name. What other packages bring
is loaded already; only our own files are read again.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from itertools import count
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

_NUMBERS = count()
Load = Callable[[str], Any]
_OTHER_MARK = {"__init__.py": ('_MARK = "', '_MARK = "a copy of ')}
"""So that the copy isn't refused as a second engine."""


@contextmanager
def copied_app(
    directory: Path,
    *,
    added: dict[str, str] | None = None,
    changed: dict[str, tuple[str, str]] | None = None,
) -> Iterator[Load]:
    """Give a function that returns a module of the copy, such as `load("settings")`.

    Args:
        directory: Where the copy is made.
        added: Files that are new, by their path in the package.
        changed: By a file's path, what is replaced in it by what.
    """
    name = f"copied_app_{next(_NUMBERS)}"
    package = directory / name
    shutil.copytree(ROOT / "app", package, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in (added or {}).items():
        assert not (package / path).exists()
        (package / path).write_text(text)
    for path, (before, after) in (_OTHER_MARK | (changed or {})).items():
        text = (package / path).read_text()
        assert text.count(before) == 1
        (package / path).write_text(text.replace(before, after))
    sys.path.insert(0, str(directory))
    invalidate_caches()
    try:
        yield lambda module: import_module(f"{name}.{module}")
    finally:
        sys.path.remove(str(directory))
        for module in [each for each in sys.modules if each.split(".")[0] == name]:
            del sys.modules[module]
