"""Let a tool say at its definition what it does to tasks: nothing, or which action to which."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, ParamSpec

from langchain_core.tools import BaseTool, tool

from ..tasks import actions
from .field_names import with_known_fields

P = ParamSpec("P")

_EFFECT = "task_relay_effect"
"""Attribute of a tool's method: what its decorator said; None for a tool that only reads."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a tool that writes does to tasks.

    Args:
        action: The action: its question, its undo, and tasks of which status it changes.
        tasks: The parameter that names the existing tasks it changes; None where it changes none.
        variants: Actions that it carries out instead, by the parameter that is true then.
    """

    action: actions.Action
    tasks: str | None
    variants: Mapping[str, actions.Action]


def reads(method: Callable[P, str]) -> Callable[P, str]:
    """Declare a tool that changes nothing."""
    setattr(method, _EFFECT, None)
    return method


def writes(
    action: actions.Action,
    *,
    tasks: str | None,
    variants: Mapping[str, actions.Action] | None = None,
) -> Callable[[Callable[P, str]], Callable[P, str]]:
    """Declare a tool that changes tasks.

    Args:
        action: What it does, which is also what the history keeps of it.
        tasks: Its parameter, a `TaskId` or `TaskIds`, that names the existing tasks it changes;
            None for an action that nobody is asked about.
        variants: Another action for a parameter that is true: skipping instead of completing.

    Raises:
        TypeError: A parameter isn't the tool's, or it doesn't say which tasks it changes.
    """
    effect = Effect(action, tasks, variants or {})

    def declared(method: Callable[P, str]) -> Callable[P, str]:
        name = method.__name__
        if action.changes and tasks is None:
            raise TypeError(f"{name} doesn't say which of its parameters names the tasks.")
        for parameter in (*effect.variants, *([tasks] if tasks else [])):
            if parameter not in inspect.signature(method).parameters:
                raise TypeError(f'{name} has no parameter "{parameter}".')
        setattr(method, _EFFECT, effect)
        return method

    return declared


class ToolSet:
    """Tools: each public method, with `@reads` or `@writes`, in the order of definition."""

    methods: ClassVar[Mapping[str, Callable[..., str]]] = {}
    """The tools by name, without what they work on."""
    effects: ClassVar[Mapping[str, Effect]] = {}
    """What those that write do to tasks, by name."""

    def __init_subclass__(cls) -> None:
        """Collect the tools.

        Raises:
            TypeError: A public method doesn't say what it does to tasks.
        """
        own = {name: value for name, value in vars(cls).items() if inspect.isfunction(value)}
        own = {name: method for name, method in own.items() if not name.startswith("_")}
        for name, method in own.items():
            if not hasattr(method, _EFFECT):
                raise TypeError(
                    f"{cls.__name__}.{name} doesn't say what it does to tasks: "
                    "put @reads or @writes above it."
                )
        cls.methods = {**cls.methods, **own}
        said = {name: getattr(method, _EFFECT) for name, method in cls.methods.items()}
        cls.effects = {name: effect for name, effect in said.items() if effect is not None}

    @property
    def confirmed(self) -> frozenset[str]:
        """The tools that change existing tasks, and so may have to be confirmed by a person."""
        return frozenset(name for name, effect in self.effects.items() if effect.tasks)

    def all(self) -> list[BaseTool]:
        """Return the tools in the order in which a model sees them."""
        return [self._tool(name, method) for name, method in self.methods.items()]

    def _tool(self, name: str, method: Callable[..., str]) -> BaseTool:
        bound = getattr(self, name)
        if method not in _schemas:
            made = tool(bound)
            update = {"func": None, "args_schema": with_known_fields(name, made.args_schema)}
            _schemas[method] = made.model_copy(update=update)
        return _schemas[method].model_copy(update={"func": bound})


_schemas: dict[Any, BaseTool] = {}
"""The tools without what they call: a schema takes 4 ms to make, and every graph has the same."""
