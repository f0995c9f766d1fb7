"""Read a chat model's stream without a run of its own: no callback, counter or trace hears of it.

A chat model over several others is one run, so its attempts may not be runs as well. Handlers
hang on the configuration, on context variables and on the environment, so that the public
methods always make one; what is called here is where LangChain's chat models are implemented.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableBinding


class Receiver(Protocol):
    """Gets an answer's chunks as they come, of one attempt after the other."""

    @property
    def handed_on(self) -> bool:
        """Say whether something of this attempt has left us, so that no other may follow it."""

    def begin(self) -> None:
        """Hear that another attempt begins."""

    async def take(self, chunk: AIMessageChunk) -> None:
        """Take a chunk.

        Args:
            chunk: What has come.
        """


async def without_a_run(
    model: Runnable[Any, Any], messages: list[BaseMessage], options: Mapping[str, Any]
) -> AsyncIterator[AIMessageChunk]:
    """Yield the chunks of an answer.

    Args:
        model: A chat model, or one with arguments bound to it.
        messages: What it is told.
        options: More keyword arguments of the call.
    """
    arguments = dict(options)
    while isinstance(model, RunnableBinding):
        arguments = {**model.kwargs, **arguments}
        model = model.bound
    if not isinstance(model, BaseChatModel):
        raise TypeError(f"{type(model).__name__} is no chat model")
    if type(model)._astream is BaseChatModel._astream:  # noqa: SLF001 - see the module's words
        result = await model._agenerate(messages, **arguments)  # noqa: SLF001
        (generation,) = result.generations
        yield AIMessageChunk(**{**generation.message.model_dump(), "type": "AIMessageChunk"})
        return
    async for chunk in model._astream(messages, **arguments):  # noqa: SLF001
        message = chunk.message
        message.response_metadata = {**(chunk.generation_info or {}), **message.response_metadata}
        yield message  # type: ignore[misc]
