"""Be a chat model of LangChain's over the whole chain."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, closing
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import BaseModel

from ..event_loops import loop_thread
from .arguments import BoundTools, check_tools
from .asking import Engine, Question
from .fields import ChainModelFields
from .pieces import pieces_in_thread, pieces_of
from .structured_output import structured
from .token_events import TokenEvents, message_id


class ChainModel(ChainModelFields):
    """A chat model whose answers come from the first model of the chain that gives one.

    Each call is one run. Its attempts stand in `response_metadata`, in the ledger and in the log;
    breakers and quotas are the process's own.
    """

    @abstractmethod
    def _engine(self) -> Engine:
        """Return the container, which is slow the first time."""

    @abstractmethod
    def _opened_engine(self) -> Engine | None:
        """Return the container if it is there already."""

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: Any = None,
        parallel_tool_calls: bool | None = None,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model with tools.

        Args:
            tools: Functions, pydantic classes, TypedDicts, LangChain's tools, dictionaries in the
                form of OpenAI, Anthropic, Gemini or JSON schema, or tools of a provider's own.
            tool_choice: "any", "required" or True: one must be called; "none": none may be; a
                tool's name: that one; "auto", False or None: the model decides. A dictionary as
                OpenAI, Anthropic or Gemini have it says the same.
            parallel_tool_calls: Whether several may be called at once.
            strict: Whether arguments must fit the schemas, where a provider can promise it.
            **kwargs: What a call takes beside, such as `temperature`.

        Raises:
            ValueError: A tool, a choice or an argument can't be used, or a model of the chain
                can't be told of a tool.
        """
        shown = {name: kwargs.pop(name) for name in _SHOWN if name in kwargs}
        given = {
            "tools": tools,
            "tool_choice": tool_choice,
            "parallel_tool_calls": parallel_tool_calls,
            "strict": strict,
        }
        read = self._arguments(None, {**kwargs, **given}).tools
        check_tools(read, self._places())
        told = {"tool_choice": read.choice, "parallel_tool_calls": read.parallel}
        told = {name: value for name, value in told.items() if value is not None}
        return self.bind(tools=BoundTools(read), **told, **shown, **kwargs)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        method: str = "function_calling",
        include_raw: bool = False,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """Return the model with answers in the form of a schema.

        Args:
            schema: A pydantic class of either version, a TypedDict, or a JSON schema with a title.
            method: `function_calling`; `json_schema`, where the model's provider holds its text to
                the schema; or `json_mode`, where the prompt says what is wanted.
            include_raw: Whether the message comes with what was read from it, and with the error.
            strict: Whether the provider must hold the answer to the schema; None leaves it open.
            **kwargs: What a call takes beside, such as `temperature`.

        Raises:
            ValueError: There is no such method, or the schema or an argument can't be used.
        """
        return structured(
            self, schema, method=method, include_raw=include_raw, strict=strict, more=kwargs
        )

    def _should_stream(
        self,
        *,
        async_api: bool,
        run_manager: CallbackManagerForLLMRun | AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> bool:
        """Say whether an answer comes by `_stream`: where chunks are asked for, never to `invoke`.

        That has one whole answer, from the next model too when one has broken off, and tells
        callbacks of the tokens itself.
        """
        if run_manager is not None:
            return False
        return super()._should_stream(async_api=async_api, **kwargs)

    def _should_use_protocol_streaming(self, **kwargs: Any) -> bool:
        return False

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        question = Question(self._engine(), messages, self._arguments(stop, kwargs))
        if run_manager is None or not self._tells_tokens(run_manager, kwargs):
            loop_thread.run(question.ask())
            return _result(question, run_manager)
        told = TokenEvents(run_manager)
        with closing(pieces_in_thread(question.ask)) as pieces:
            for piece in pieces:
                chunk = told.chunk(piece)
                run_manager.on_llm_new_token(str(piece.chunk.text), chunk=chunk)
                for event in told.events(piece):
                    run_manager.on_stream_event(event)
        return _result(question, run_manager)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        question = Question(await self._aengine(), messages, self._arguments(stop, kwargs))
        if run_manager is None or not self._tells_tokens(run_manager, kwargs):
            await question.ask()
            return _result(question, run_manager)
        told = TokenEvents(run_manager)
        async with aclosing(pieces_of(question.ask)) as pieces:
            async for piece in pieces:
                chunk = told.chunk(piece)
                await run_manager.on_llm_new_token(str(piece.chunk.text), chunk=chunk)
                for event in told.events(piece):
                    await run_manager.on_stream_event(event)
        return _result(question, run_manager)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        arguments = self._arguments(stop, kwargs)
        question = Question(self._engine(), messages, arguments, binding=True)
        with closing(pieces_in_thread(question.ask)) as pieces:
            for piece in pieces:
                chunk = ChatGenerationChunk(message=piece.chunk)
                if run_manager is not None:
                    run_manager.on_llm_new_token(str(piece.chunk.text), chunk=chunk)
                yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        arguments = self._arguments(stop, kwargs)
        question = Question(await self._aengine(), messages, arguments, binding=True)
        async with aclosing(pieces_of(question.ask)) as pieces:
            async for piece in pieces:
                chunk = ChatGenerationChunk(message=piece.chunk)
                if run_manager is not None:
                    await run_manager.on_llm_new_token(str(piece.chunk.text), chunk=chunk)
                yield chunk

    def _tells_tokens(self, run_manager: Any, kwargs: dict[str, Any]) -> bool:
        return bool(run_manager.handlers) and not self._streaming_disabled(**kwargs)

    async def _aengine(self) -> Engine:
        engine = self._opened_engine()
        return await asyncio.to_thread(self._engine) if engine is None else engine


_SHOWN = ("ls_structured_output_format", "structured_output_format")
"""Arguments that are for the trace only; LangChain takes them out again."""


def _result(question: Question, run_manager: Any) -> ChatResult:
    """Return the answer, whose id is that of the tokens that callbacks have seen of it."""
    assert question.answer is not None
    answer = question.answer
    if run_manager is not None:
        answer.id = message_id(run_manager.run_id, question.attempt)
    return ChatResult(generations=[ChatGeneration(message=answer)])
