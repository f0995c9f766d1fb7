"""A place in the chain whose model plays a script in this process: no server, no package."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from app.clock import Clock
from app.llm.attempts import Attempts
from app.llm.call import ModelCall
from app.llm.declarations.tool_set import ToolSet
from app.llm.guard import Guard, Policy
from app.llm.plan import Plan
from app.llm.providers.adapter import Client
from app.llm.providers.registry import Place, places
from app.llm.stream import TimeLimits
from app.settings import Settings
from tests.fakes.clock import FixedClock
from tests.llm.memory import no_breakers, no_quotas


@dataclass(frozen=True)
class Late:
    """An answer whose first token comes after so many seconds."""

    seconds: float
    text: str


@dataclass(frozen=True)
class Cut:
    """An answer that breaks off after its first words."""

    text: str


Turn = str | AIMessageChunk | Exception | Late | Cut | None
"""An answer's text, a whole chunk, an error, or None for a silence that never ends."""


class ProviderSaidError(Exception):
    """An error with a status and a body, as the providers' SDKs raise it."""

    def __init__(self, status: int, message: str = "", **more: Any) -> None:
        super().__init__(message)
        self.status_code, self.body = status, {"error": {"message": message, **more}}


class Played:
    """What was asked of a scripted model."""

    def __init__(self) -> None:
        self.asked: list[list[BaseMessage]] = []
        self.bound: list[tuple[list[str], Any]] = []
        self.started = asyncio.Event()


class ScriptedModel(BaseChatModel):
    """Play one turn of the script for each call; the last one is played for ever."""

    script: list[Any]
    played: Any

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind(self, **kwargs: Any) -> Any:
        names = [name for tool in kwargs["tools"] for name in _names(tool)]
        self.played.bound.append((names, kwargs.get("tool_choice")))
        return super().bind()

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise AssertionError("guards always stream")

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        self.played.asked.append(messages)
        turn = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(turn, Exception):
            raise turn
        if turn is None:
            self.played.started.set()
            await asyncio.Event().wait()
        if isinstance(turn, Late):
            await asyncio.sleep(turn.seconds)
            turn = turn.text
        if isinstance(turn, Cut):
            yield ChatGenerationChunk(message=AIMessageChunk(content=turn.text))
            raise ConnectionResetError(104, "Connection reset by peer")
        yield ChatGenerationChunk(message=_chunk(turn))


class Scripted:
    """A guard over a scripted model, with breakers and quotas that live in memory."""

    def __init__(
        self,
        *script: Turn,
        name: str = "gemini",
        retries: int = 0,
        clock: Clock | None = None,
        limits: TimeLimits = TimeLimits(9, 9, 9),  # noqa: B008 - it is frozen
        chance: Callable[[], float] = lambda: 0.5,
        **more: Any,
    ) -> None:
        self.clock: Any = clock or FixedClock()
        self.played = Played()
        self.model = ScriptedModel(script=list(script), played=self.played)
        self.headers: Callable[[Mapping[str, str]], None] = lambda headers: None
        keys = {"gemini_api_key": "AIza-fake", "groq_api_key": "gsk_fake"}
        settings = Settings(**{"llm_chain": (name,)} | keys | more)
        (real,) = places(settings)
        self.place: Place = replace(real, adapter=replace(real.adapter, open=self._open))
        self.breakers, self.quotas = no_breakers(self.clock, chance), no_quotas(self.clock)
        self.guard = Guard(
            self.place,
            policy=Policy(limits, retries),
            breakers=self.breakers,
            quotas=self.quotas,
            clock=self.clock,
        )

    def call(self, *after: str, tools: ToolSet | None = None, seconds: float = 9) -> ModelCall:
        """Return a call to this place, and to those after it."""
        plan = Plan(
            (self.place.name, *after), self.clock.monotonic() + seconds, tools or ToolSet(())
        )
        return ModelCall([HumanMessage("Hello there")], Attempts(), plan)

    async def ask(self, *after: str) -> ModelCall:
        """Ask once; return the call with its attempts, whether it was answered or not."""
        call = self.call(*after)
        await asyncio.gather(self.guard.ainvoke(call), return_exceptions=True)
        return call

    def _open(self, *args: Any) -> Client:
        async def close() -> None:
            pass

        return Client(self.model, close)


def _names(tool: Any) -> list[str]:
    """Return what a declaration names, in OpenAI's form or in Gemini's."""
    if isinstance(tool, dict):
        return [tool["function"]["name"]]
    return [declared.name for declared in tool.function_declarations]


def usage(incoming: int, outgoing: int, cached: int = 0) -> AIMessageChunk:
    """Return an answer that says what it cost."""
    return AIMessageChunk(
        content="Hi.",
        response_metadata={"finish_reason": "stop"},
        usage_metadata={
            "input_tokens": incoming,
            "output_tokens": outgoing,
            "total_tokens": incoming + outgoing,
            "input_token_details": {"cache_read": cached},
        },
    )


def _chunk(turn: str | AIMessageChunk) -> AIMessageChunk:
    if isinstance(turn, AIMessageChunk):
        return turn
    return AIMessageChunk(content=turn, response_metadata={"finish_reason": "stop"})
