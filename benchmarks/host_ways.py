"""Build the ways in which a host's program can go on when its model fails, over loopback servers.

Each says how it is given a tool, a schema or a stream; what it can't raises what it raises there.
"""

import os
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import ModelFallbackMiddleware
from pydantic import BaseModel

from app import ChatRelay, Settings
from app.runtime import close_container, opened_container
from benchmarks.systems import GEMINI, GROQ, World, plain_gemini, plain_groq
from tests.fakes.gemini import GeminiServer
from tests.fakes.steps import Step

QUESTION = "How is the weather in Berlin?"
_MESSAGES: Any = {"messages": [("user", QUESTION)]}


def get_weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"sunny in {city}"


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    sunny: bool


class PatientGemini(GeminiServer):
    """Gemini in any spelling: the API takes `snake_case` as well, and others send it.

    It looks at the key and nothing else, so that nobody fails at a rule that only our tests keep.
    """

    def check(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Refuse a wrong key."""
        self._check_key(headers)

    def take(self, path: str, headers: Any, body: dict[str, Any], port: int) -> Step:
        """Read the request's names as the API's documentation writes them."""
        body = _named(body)
        for name in ("generationConfig", "toolConfig"):
            body[name] = _named(body.get(name) or {})
        calling = body["toolConfig"].get("functionCallingConfig") or {}
        body["toolConfig"]["functionCallingConfig"] = _named(calling)
        body["tools"] = [_named(tool) for tool in body.get("tools") or []]
        for tool in body["tools"]:
            if declared := tool.get("functionDeclarations"):
                tool["functionDeclarations"] = [_named(each) for each in declared]
        for content in body.get("contents") or []:
            content["parts"] = [_named(part) for part in content["parts"]]
        return super().take(path, headers, body, port)


def _named(told: dict[str, Any]) -> dict[str, Any]:
    return {re.sub("_([a-z])", lambda at: at[1].upper(), key): told[key] for key in told}


class Way(ABC):
    """One way, over the servers of a world.

    Args:
        world: The servers.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    @abstractmethod
    async def with_tool(self) -> tuple[str, int]:
        """Let an agent use `get_weather`; return its answer, and the tokens that are counted."""

    @abstractmethod
    async def structured(self) -> Any:
        """Return a `Weather`."""

    @abstractmethod
    def streamed(self) -> AsyncIterator[str]:
        """Yield the pieces of an answer."""

    def close(self) -> None:
        """Close what was opened; most open nothing that has to be."""
        return


class OfAModel(Way):
    """Something that stands where a chat model stands.

    Args:
        world: The servers.
        model: What stands there.
    """

    def __init__(self, world: World, model: Any) -> None:
        super().__init__(world)
        self.model = model

    async def with_tool(self) -> tuple[str, int]:
        return await _of_agent(create_agent(self.model, [get_weather]))

    async def structured(self) -> Any:
        return await self.model.with_structured_output(Weather).ainvoke(QUESTION)

    async def streamed(self) -> AsyncIterator[str]:
        async for chunk in self.model.astream(QUESTION):
            yield str(chunk.text)


class Ours(OfAModel):
    """Our chat model."""

    def __init__(self, world: World) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="task-relay-bench-")
        self._settings = our_settings(world, Path(self._place.name))
        super().__init__(world, ChatRelay(settings=self._settings))

    def close(self) -> None:
        if (container := opened_container(self._settings)) is not None:
            close_container(container)
        self._place.cleanup()


class WithFallbacks(OfAModel):
    """LangChain's `with_fallbacks` over two models."""

    def __init__(self, world: World) -> None:
        super().__init__(world, plain_gemini(world).with_fallbacks([plain_groq(world)]))


class Middleware(Way):
    """LangChain's agent with its `ModelFallbackMiddleware`."""

    async def with_tool(self) -> tuple[str, int]:
        return await _of_agent(self._agent([get_weather]))

    async def structured(self) -> Any:
        agent = self._agent([], response_format=Weather)
        return (await agent.ainvoke(_MESSAGES))["structured_response"]

    async def streamed(self) -> AsyncIterator[str]:
        async for chunk, _ in self._agent([]).astream(_MESSAGES, stream_mode="messages"):
            yield str(chunk.text)

    def _agent(self, tools: list[Any], **more: Any) -> Any:
        other = ModelFallbackMiddleware(plain_groq(self.world))
        return create_agent(plain_gemini(self.world), tools, middleware=[other], **more)


class LiteLLM(OfAModel):
    """langchain-litellm's chat model over litellm's Router, as it comes."""

    def __init__(self, world: World) -> None:
        super().__init__(world, litellm_model(world))


class PydanticAI(Way):
    """pydantic-ai's agent over its `FallbackModel`."""

    async def with_tool(self) -> tuple[str, int]:
        done = await self._agent(tools=[get_weather]).run(QUESTION)
        usage = done.usage() if callable(done.usage) else done.usage
        return str(done.output), usage.input_tokens + usage.output_tokens

    async def structured(self) -> Any:
        return (await self._agent(output_type=Weather).run(QUESTION)).output

    async def streamed(self) -> AsyncIterator[str]:
        async with self._agent().run_stream(QUESTION) as run:
            async for piece in run.stream_text(delta=True, debounce_by=None):
                yield piece

    def _agent(self, **more: Any) -> Any:
        from google.genai import Client
        from pydantic_ai import Agent
        from pydantic_ai.models.fallback import FallbackModel
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.models.groq import GroqModel
        from pydantic_ai.providers.google import GoogleProvider
        from pydantic_ai.providers.groq import GroqProvider

        world = self.world
        address: Any = {"base_url": world.gemini.url, "api_version": "v1beta"}
        google = GoogleProvider(client=Client(api_key=world.gemini.key, http_options=address))
        groq = GroqProvider(api_key=world.groq.key, base_url=world.groq.url)
        model = FallbackModel(GoogleModel(GEMINI, provider=google), GroqModel(GROQ, provider=groq))
        return Agent(model, **more)


OURS, LITELLM, PYDANTIC_AI = "ChatRelay", "ChatLiteLLMRouter", "FallbackModel"
WAYS: dict[str, Callable[[World], Way]] = {
    OURS: Ours,
    "with_fallbacks": WithFallbacks,
    "ModelFallbackMiddleware": Middleware,
    LITELLM: LiteLLM,
    PYDANTIC_AI: PydanticAI,
}
CHAT_MODELS = (OURS, LITELLM)
_PACKAGES = {LITELLM: "langchain_litellm", PYDANTIC_AI: "pydantic_ai"}


def installed(name: str) -> bool:
    """Say whether the package of a way is installed here."""
    return name not in _PACKAGES or find_spec(_PACKAGES[name]) is not None


def our_settings(world: World, place: Path) -> Settings:
    """Return the settings of our chain over a world's servers."""
    return Settings(
        gemini_api_key=world.gemini.key,
        gemini_base_url=world.gemini.url,
        groq_api_key=world.groq.key,
        groq_base_url=world.groq.url,
        data_dir=place,
    )


def litellm_model(world: World, **more: Any) -> Any:
    """Return langchain-litellm's chat model over litellm's Router."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else its import calls out
    import litellm
    from langchain_litellm import ChatLiteLLMRouter
    from litellm.router import Router

    litellm.suppress_debug_info = True
    gemini = {"api_key": world.gemini.key, "api_base": f"{world.gemini.url}/v1beta"}
    groq = {"api_key": world.groq.key, "api_base": f"{world.groq.url}/openai/v1"}
    models: list[Any] = [
        {"model_name": "primary", "litellm_params": {"model": f"gemini/{GEMINI}", **gemini}},
        {"model_name": "fallback", "litellm_params": {"model": f"groq/{GROQ}", **groq}},
    ]
    router = Router(model_list=models, fallbacks=[{"primary": ["fallback"]}])
    return ChatLiteLLMRouter(router=router, model="primary", **more)


async def _of_agent(agent: Any) -> tuple[str, int]:
    messages = (await agent.ainvoke(_MESSAGES))["messages"]
    usages = [getattr(message, "usage_metadata", None) for message in messages]
    return str(messages[-1].text), sum(usage["total_tokens"] for usage in usages if usage)
