"""Say what the chain is asked, and what its steps have in common."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

from .attempts import Attempts
from .event_loops import loop_thread
from .plan import Plan
from .silent_run import Receiver


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What the chain is asked: the conversation, the plan, and the attempts so far.

    `exchange` is the person's last message, and what was answered and done about it so far; None
    where that is how the conversation ends. What needs no model goes by it alone.

    With a `receiver`, attempts are no runs of their own: it gets their chunks. Without one each is
    a run in the trace, and tokens travel by callbacks.
    """

    messages: Sequence[BaseMessage]
    attempts: Attempts
    plan: Plan
    exchange: Sequence[BaseMessage] | None = None
    receiver: Receiver | None = None

    @property
    def asked(self) -> Sequence[BaseMessage]:
        """Return what waits for an answer."""
        return self.messages if self.exchange is None else self.exchange

    @property
    def handed_on(self) -> bool:
        """Say whether a part of an answer has left us, which no other answer may follow."""
        return self.receiver is not None and self.receiver.handed_on


class ChainStep(Runnable[ModelCall, AIMessage]):
    """A step of the chain, written once: a synchronous caller runs it on a loop thread."""

    def invoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Do `ainvoke` for a caller without an event loop.

        Args:
            input: What is asked.
            config: LangChain's configuration of the run.
            **kwargs: LangChain's; nothing here reads them.
        """
        return loop_thread.run(self.ainvoke(input, config, **kwargs))

    @abstractmethod
    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Answer.

        Args:
            input: What is asked.
            config: LangChain's configuration of the run.
            **kwargs: LangChain's; nothing here reads them.

        Raises:
            ModelCallError: There is no answer; it says why.
        """
