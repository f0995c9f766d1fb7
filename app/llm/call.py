"""Say what the chain is asked, and what its steps have in common."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

from .attempts import Trail
from .event_loops import loop_thread


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What the chain is asked: the conversation, where to keep the trail, and until when.

    `deadline` is on the clock's monotonic scale, in seconds.
    """

    messages: Sequence[BaseMessage]
    trail: Trail
    deadline: float


class Step(Runnable[ModelCall, AIMessage]):
    """A step of the chain, written once: a synchronous caller runs it on a loop thread."""

    def invoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Do `ainvoke` for a caller without an event loop."""
        return loop_thread.run(self.ainvoke(input, config, **kwargs))

    @abstractmethod
    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Answer, or raise a `ModelCallError`."""
