"""Build every system that is compared, over the same two servers.

Each can be asked as a chain, and each of its models alone, over the same connections and in
the way that this system calls a model (streamed or not). Nobody has tools. The peers are the
extra `bench`; what is not installed is left out.
"""

import os
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import ModelFallbackMiddleware
from langchain_core.messages import HumanMessage
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_groq import ChatGroq

from app.clock import SystemClock
from app.llm import Attempts, ModelCall, ToolSet, build_chain
from app.runtime import Container
from app.settings import Settings
from benchmarks.scenes import FALLBACK
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import says

GEMINI, GROQ = "gemini-3.5-flash-lite", "openai/gpt-oss-20b"
FIRST_TOKEN = 2.0
"""Our first-token limit here, in seconds; the default is longer."""

Ask = Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class System:
    """Something that can be asked; `primary` and `fallback` are its models without the chain."""

    ask: Ask
    primary: Ask
    fallback: Ask


class World:
    """Two servers, and the systems over them.

    Args:
        gemini: The primary's server; a new one when None.
    """

    def __init__(self, gemini: GeminiServer | None = None) -> None:
        self.gemini, self.groq = gemini or GeminiServer(), GroqServer()
        self.groq.plays(says(FALLBACK))

    def close(self) -> None:
        """Stop the servers."""
        self.gemini.stop()
        self.groq.stop()


Make = Callable[[World], Any]


@asynccontextmanager
async def task_relay(world: World) -> AsyncGenerator[System]:
    """Give this project's chain, with breakers that know nothing yet."""
    place = tempfile.TemporaryDirectory(prefix="task-relay-bench-")
    container = Container(
        Settings(
            gemini_api_key=world.gemini.key,
            gemini_base_url=world.gemini.url,
            groq_api_key=world.groq.key,
            groq_base_url=world.groq.url,
            data_dir=Path(place.name),
            first_token_timeout=FIRST_TOKEN,
            offline_fallback=False,
        )
    )
    container.tasks()
    chain = build_chain(
        container.settings, [], container.breakers, container.quotas, container.clock
    )
    await chain.warm()
    clock = SystemClock()

    async def ask() -> str:
        plan = chain.plan(clock.monotonic() + 60)
        runnable = chain.runnable(plan)
        assert runnable is not None
        call = ModelCall([HumanMessage("hi")], Attempts(), plan)
        return str((await runnable.ainvoke(call)).text)

    def streaming(model: Any) -> Ask:
        async def ask() -> str:
            return "".join([str(chunk.text) async for chunk in model.astream("hi")])

        return ask

    opened = [await guard.model(ToolSet(())) for guard in chain.guards.values()]
    yield System(ask, *map(streaming, opened))
    container.close()
    place.cleanup()


@asynccontextmanager
async def with_fallbacks(world: World) -> AsyncGenerator[System]:
    """Give plain `with_fallbacks` over clients as they come."""
    primary, fallback = plain_gemini(world), plain_groq(world)
    chain = primary.with_fallbacks([fallback])
    yield System(_invoked(chain), _invoked(primary), _invoked(fallback))


@asynccontextmanager
async def middleware(world: World) -> AsyncGenerator[System]:
    """Give LangChain's agent with its `ModelFallbackMiddleware`."""
    primary, fallback = plain_gemini(world), plain_groq(world)
    agent = create_agent(primary, [], middleware=[ModelFallbackMiddleware(fallback)])

    def asking(graph: Any) -> Ask:
        async def ask() -> str:
            state = await graph.ainvoke({"messages": [HumanMessage("hi")]})
            return str(state["messages"][-1].text)

        return ask

    alone = [asking(create_agent(model, [])) for model in (primary, fallback)]
    yield System(asking(agent), *alone)


@asynccontextmanager
async def litellm_router(world: World, **options: Any) -> AsyncGenerator[System]:
    """Give litellm's Router with one fallback."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else its import calls out
    import litellm
    from litellm.router import Router

    litellm.suppress_debug_info = True
    models = {
        "primary": {
            "model": f"gemini/{GEMINI}",
            "api_key": world.gemini.key,
            "api_base": f"{world.gemini.url}/v1beta",
        },
        "fallback": {
            "model": f"groq/{GROQ}",
            "api_key": world.groq.key,
            "api_base": f"{world.groq.url}/openai/v1",
        },
    }
    models["primary alone"] = models["primary"]
    router = Router(
        model_list=[{"model_name": n, "litellm_params": m} for n, m in models.items()],
        fallbacks=[{"primary": ["fallback"]}],
        **options,
    )

    def asking(name: str) -> Ask:
        async def ask() -> str:
            messages: Any = [{"role": "user", "content": "hi"}]
            answer = await router.acompletion(model=name, messages=messages)
            return str(answer.choices[0].message.content)

        return ask

    yield System(asking("primary"), asking("primary alone"), asking("fallback"))


@asynccontextmanager
async def litellm_without_retries(world: World) -> AsyncGenerator[System]:
    """Give litellm's Router with its retries off."""
    async with litellm_router(world, num_retries=0) as system:
        yield system


@asynccontextmanager
async def pydantic_ai(world: World) -> AsyncGenerator[System]:
    """Give pydantic-ai's `FallbackModel`."""
    from pydantic_ai import Agent
    from pydantic_ai.models.fallback import FallbackModel
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.models.groq import GroqModel
    from pydantic_ai.providers.google import GoogleProvider
    from pydantic_ai.providers.groq import GroqProvider

    google = GoogleProvider(api_key=world.gemini.key, base_url=world.gemini.url)
    groq = GroqModel(GROQ, provider=GroqProvider(api_key=world.groq.key, base_url=world.groq.url))

    def asking(model: Any) -> Ask:
        agent = Agent(model)

        async def ask() -> str:
            return str((await agent.run("hi")).output)

        return ask

    gemini = GoogleModel(GEMINI, provider=google)
    yield System(asking(FallbackModel(gemini, groq)), asking(gemini), asking(groq))


SYSTEMS: Mapping[str, Make] = {
    "task relay": task_relay,
    "with_fallbacks": with_fallbacks,
    "middleware": middleware,
    "litellm": litellm_router,
    "litellm, no retries": litellm_without_retries,
    "pydantic-ai": pydantic_ai,
}
_PACKAGES = {
    "litellm": "litellm",
    "litellm, no retries": "litellm",
    "pydantic-ai": "pydantic_ai",
}


def installed(name: str) -> bool:
    """Say whether the package of a system is installed here."""
    return name not in _PACKAGES or find_spec(_PACKAGES[name]) is not None


def _invoked(model: Any) -> Ask:
    async def ask() -> str:
        return str((await model.ainvoke("hi")).text)

    return ask


def plain_gemini(world: World) -> ChatGoogleGenerativeAI:
    key: Any = world.gemini.key
    return ChatGoogleGenerativeAI(
        model=GEMINI, google_api_key=key, base_url=world.gemini.url, api_version="v1beta"
    )


def plain_groq(world: World) -> ChatGroq:
    key: Any = world.groq.key
    return ChatGroq(model=GROQ, api_key=key, base_url=world.groq.url)
