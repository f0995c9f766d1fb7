"""Plan a call: which places are asked, in which order, until when, with which tools and options.

The plan travels with the call. So a guard knows its own place alone, and asking another model
first, or with a host's own tools, is another plan over the same guards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .declarations import ToolSet


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What a caller wants of the models' answers.

    Attributes:
        temperature: From 0 to 2; None leaves it to the provider.
        max_tokens: The longest answer; None takes `MAX_OUTPUT_TOKENS`.
        stop: The texts at which an answer ends.
        response_format: The form of the answer's text, as OpenAI's API has it: any JSON, or JSON of
            a schema; None for any text.
    """

    temperature: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    response_format: Mapping[str, Any] | None = field(default=None, hash=False)


AS_SET = CallOptions()
"""What the settings say, and nothing else."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one call goes.

    Attributes:
        order: The names of the places, in the order in which they are asked.
        deadline: When the call must have ended, in seconds on the clock's monotonic scale.
        tools: What the models may call.
        options: What else is wanted of their answers.
        retries: How often a model may be asked again that failed by a passing fault, in place
            and at the chain's end each; None as the settings say.
        models_only: Whether the offline responder is left out.
        again: The places that get a second chance, in that order, where all have failed.
    """

    order: tuple[str, ...]
    deadline: float
    tools: ToolSet
    options: CallOptions = AS_SET
    retries: int | None = None
    models_only: bool = False
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
