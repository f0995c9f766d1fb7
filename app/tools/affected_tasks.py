"""Say which tasks a tool call would change, and tell a person so before it does."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from langchain_core.messages import ToolCall
from pydantic import TypeAdapter, ValidationError

from ..errors import TaskRefusal
from ..intake import shown
from ..tasks import Owner, Task, TaskService, actions
from .declaration import Effect, ToolSet
from .field_names import known_fields

_MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A tool call that would change existing tasks.

    Args:
        name: The tool.
        args: Its arguments, by the tool's own names.
        action: What it would do.
        details: The arguments that say neither which tasks nor which action.
        tasks: The tasks that it would change now.
    """

    name: str
    args: Mapping[str, Any]
    action: actions.Action
    details: Mapping[str, Any]
    tasks: tuple[Task, ...]

    @property
    def description(self) -> str:
        """Return what it would do, for the person who is asked."""
        named = [f"#{task.id} {task.title}" for task in self.tasks[:_MOST_NAMED]]
        if len(self.tasks) > _MOST_NAMED:
            named.append(f"... {len(self.tasks)} tasks in all")
        given = [
            f"{name} {value}" for name, value in self.details.items() if value not in (None, "", [])
        ]
        details = f" ({', '.join(given)})" if given else ""
        return shown(f"{self.action.verb} {', '.join(named)}{details}")


class ChangeFinder:
    """Finds the tasks that tool calls would change, now.

    Args:
        tools: The tools, which say what they do.
        service: Knows the tasks.
        owner: Whose they are.
    """

    def __init__(self, tools: ToolSet, service: TaskService, owner: Owner) -> None:
        self._tools = tools
        self._service = service
        self._owner = owner

    def find(self, calls: Sequence[ToolCall]) -> dict[int, PlannedChange]:
        """Return the calls that would change existing tasks, by their position."""
        planned = {
            position: self._planned(call["name"], call["args"])
            for position, call in enumerate(calls)
            if call["name"] in self._tools.effects
        }
        return {position: change for position, change in planned.items() if change.tasks}

    def _planned(self, name: str, args: Mapping[str, Any]) -> PlannedChange:
        effect, method = self._tools.effects[name], self._tools.methods[name]
        args = _known(name, method, args)
        action = _action(effect, method, args)
        named = self._service.named(self._owner, _references(effect, method, args))
        tasks = tuple(task for task in named if task.status in action.changes)
        details = {
            parameter: value
            for parameter, value in args.items()
            if parameter in inspect.signature(method).parameters
            and parameter not in (effect.tasks, *effect.variants)
        }
        return PlannedChange(name, args, action, details, tasks)


def _known(name: str, method: Callable[..., str], args: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the arguments by their own names; none where the call will be refused."""
    try:
        return known_fields(name, args, frozenset(inspect.signature(method).parameters))
    except TaskRefusal:
        return {}


def _action(effect: Effect, method: Callable[..., str], args: Mapping[str, Any]) -> actions.Action:
    for parameter, variant in effect.variants.items():
        if _read(method, parameter, args.get(parameter)):
            return variant
    return effect.action


def _references(
    effect: Effect, method: Callable[..., str], args: Mapping[str, Any]
) -> Sequence[int | str]:
    """Return the tasks that a call names; none where its arguments can't be read."""
    if effect.tasks is None:
        return []
    named = _read(method, effect.tasks, args.get(effect.tasks))
    if named is None:
        return []
    return named if isinstance(named, list) else [named]


def _read(method: Callable[..., str], parameter: str, value: Any) -> Any:
    """Return an argument as the tool itself will read it; None where it will be refused."""
    try:
        return _adapter(method, parameter).validate_python(value)
    except ValidationError:
        return None


@cache
def _adapter(method: Callable[..., str], parameter: str) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(method, include_extras=True)[parameter])
