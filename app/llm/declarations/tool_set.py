"""Hold what a model may call, as a key of what is made from it once."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .any_shape import BuiltIn, Function, read_tool
from .choice import read_choice
from .names import sent_names, without_repeats


class ToolSet:
    """What a model may call, read from tools of any shape.

    Two sets are equal where they declare the same, with the same choice.

    Args:
        tools: What the model may call.
        choice: Which of them it must call, as `read_choice` takes it; None leaves it to the model.
        parallel: Whether it may make several calls at once; None leaves it to the provider.
        strict: Whether arguments must fit the schemas; None leaves it to the provider.
        lenient: Whether the tools read arguments in other spellings, such as "7" for a number,
            and have defaults that a model need not know.

    Raises:
        ValueError: A tool can't be read, two have one name, or the choice names none of them.
    """

    __slots__ = ("_key", "built_in", "choice", "functions", "lenient", "parallel", "sent", "tools")

    def __init__(
        self,
        tools: Sequence[Any],
        choice: Any = None,
        *,
        parallel: bool | None = None,
        strict: bool | None = None,
        lenient: bool = False,
    ) -> None:
        self.tools = tuple(tools)
        read = [declared for tool in tools for declared in read_tool(tool, strict)]
        self.functions: tuple[Function, ...] = without_repeats(
            each for each in read if isinstance(each, dict)
        )
        self.built_in: tuple[BuiltIn, ...] = tuple(b for b in read if isinstance(b, BuiltIn))
        self.sent: Mapping[str, str] = sent_names([each["name"] for each in self.functions])
        names = [*self.sent, *(each.name for each in self.built_in)]
        self.choice = read_choice(choice, names)
        self.parallel = parallel
        self.lenient = lenient
        content = [self.functions, [each.tool for each in self.built_in]]
        text = json.dumps(content, sort_keys=True, default=str)
        self._key = (text, self.choice, parallel, lenient)

    def choosing(self, choice: Any, parallel: bool | None = None) -> "ToolSet":
        """Return the same tools with another choice.

        Args:
            choice: Which must be called.
            parallel: Whether several may be called at once.

        Raises:
            ValueError: The choice names none of them.
        """
        return ToolSet(self.declared(), choice, parallel=parallel, lenient=self.lenient)

    @property
    def forced(self) -> bool:
        """Say whether a tool has to be called."""
        return self.choice not in (None, "none")

    def declared(self) -> list[dict[str, Any]]:
        """Return the tools as dictionaries: functions in OpenAI's form, others as they were given.

        A set that is made of these is this one again.
        """
        functions = [{"type": "function", "function": each} for each in self.functions]
        return [*functions, *(dict(each.tool) for each in self.built_in)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ToolSet) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


NO_TOOLS = ToolSet(())
