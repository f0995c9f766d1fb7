"""The name `task_relay` in a checkout: another name of the package `app`, not another copy.

A wheel ships `app/` itself under this name, and not this file. In a checkout `app` answers to
both names: `import task_relay` gives the module `app`, and `task_relay.tasks` is `app.tasks`,
so that a process that loads both has one set of settings, breakers and databases.
"""

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_loader
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app import ChatRelay as ChatRelay
    from app import DatabaseError as DatabaseError
    from app import InputError as InputError
    from app import NoAnswerError as NoAnswerError
    from app import Reply as Reply
    from app import Settings as Settings
    from app import SettingsError as SettingsError
    from app import TaskRefusal as TaskRefusal
    from app import TaskRelayError as TaskRelayError
    from app import ThreadOwnerError as ThreadOwnerError
    from app import build_graph as build_graph
    from app import confirm as confirm
    from app import confirm_large_changes as confirm_large_changes
    from app import process_message as process_message
    from app import task_tools as task_tools

_HERE = f"{__name__}."
_THERE = "app."


class _SecondName(MetaPathFinder, Loader):
    """Give out the modules of `app` under the second name; they are loaded once."""

    def find_spec(
        self,
        fullname: str,
        path: "Sequence[str] | None" = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find a module below this package, where `app` has one of that name."""
        if not fullname.startswith(_HERE) or fullname == f"{_HERE}__main__":
            return None  # `python -m task_relay` runs the file as it stands
        found = find_spec(_real(fullname))
        if found is None:
            return None
        return spec_from_loader(fullname, self, is_package=bool(found.submodule_search_locations))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Load the module under its first name, and return it."""
        module = import_module(_real(spec.name))
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own specification back: `reload` and relative imports read it."""
        second = module.__spec__
        assert second is not None
        module.__spec__ = second.loader_state


def _real(fullname: str) -> str:
    return _THERE + fullname.removeprefix(_HERE)


sys.meta_path.insert(0, _SecondName())
sys.modules[__name__] = import_module("app")
