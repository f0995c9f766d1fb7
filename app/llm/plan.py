"""Plan a call: which places are asked, in which order, until when, and with which tools.

The plan travels with the call. So a guard knows its own place alone, and asking another model
first, or with a host's own tools, is another plan over the same guards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from langchain_core.tools import BaseTool


class ToolSet:
    """What a model may call, as a key of what is made from it once.

    Two sets are equal where they hold the same tool objects in the same order, and the same
    choice.

    Args:
        tools: What the model may call.
        choice: Which of them it must call, in LangChain's words; None leaves it to the model.
    """

    __slots__ = ("_key", "choice", "tools")

    def __init__(self, tools: Sequence[BaseTool], choice: str | None = None) -> None:
        self.tools = tuple(tools)
        self.choice = choice
        self._key = (choice, *map(id, self.tools))  # no id is given again while we hold its tool

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ToolSet) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@dataclass(frozen=True, slots=True)
class Plan:
    """How one call goes.

    Attributes:
        order: The names of the places, in the order in which they are asked.
        deadline: When the call must have ended, in seconds on the clock's monotonic scale.
        tools: What the models may call.
        again: The places that get a second chance, in that order, where all have failed.
    """

    order: tuple[str, ...]
    deadline: float
    tools: ToolSet
    again: tuple[str, ...] = ()

    def position(self, place: str) -> int:
        """Return where a place stands in the order, from 0."""
        return self.order.index(place)

    def following(self, place: str) -> str | None:
        """Return the place that is asked after this one; None after the last."""
        asked = self.again or self.order
        after = asked[asked.index(place) + 1 :]
        return after[0] if after else None

    def asking_again(self, places: tuple[str, ...]) -> "Plan":
        """Return the plan of the second chances that some places get, in their order."""
        return replace(self, again=places)
