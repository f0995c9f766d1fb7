import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from app.clock import SystemClock
from app.llm.attempts import Attempts
from app.llm.call import ModelCall
from app.llm.chain import ModelChain, build_chain
from app.llm.failures import ERRORS, ModelCallError
from app.settings import FailureKind, Settings
from tests.conftest import provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Silence, says
from tests.llm.memory import no_breakers, no_quotas


@pytest.fixture
def chain(gemini: GeminiServer, groq: GroqServer) -> Iterator[ModelChain]:
    settings = Settings(**provider_settings(gemini, groq), offline_fallback=False)  # type: ignore[arg-type]
    built = build_chain(settings, [], no_breakers(), no_quotas(), SystemClock())
    yield built
    built.close()


def question(chain: ModelChain, seconds: float = 10) -> ModelCall:
    plan = chain.plan(SystemClock().monotonic() + seconds)
    return ModelCall([HumanMessage("hi")], Attempts(), plan)


def runnable(chain: ModelChain) -> Any:
    """Return the chain as the model node gets it."""
    built = chain.runnable(chain.plan(0))
    assert built is not None
    return built


def test_synchronous_caller_gets_the_same_answer(chain: ModelChain, gemini: GeminiServer) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    asked = question(chain)
    assert runnable(chain).invoke(asked).text == "Hello! How can I help?"
    assert [attempt.place for attempt in asked.attempts.made] == ["gemini", "groq"]


def test_synchronous_callers_in_many_threads_share_one_loop(chain: ModelChain) -> None:
    answers: list[str] = []

    def answer() -> None:
        answers.append(runnable(chain).invoke(question(chain)).text)

    threads = [threading.Thread(target=answer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == ["Hello! How can I help?"] * 8
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("task-relay-models") == 1


def test_synchronous_caller_has_the_same_time_limit(
    chain: ModelChain, gemini: GeminiServer
) -> None:
    gemini.plays(Silence())
    asked = question(chain, 0.3)
    with pytest.raises(Exception, match="timeout"):
        runnable(chain).invoke(asked)
    assert [a.kind for a in asked.attempts.made if a.kind] == ["timeout", "timeout"]


def test_streaming_the_chain_yields_one_whole_message(
    chain: ModelChain, gemini: GeminiServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)

    async def collect() -> list[str]:
        return [chunk.text async for chunk in runnable(chain).astream(question(chain))]

    assert asyncio.run(collect()) == ["Hello! How can I help?"]


def test_all_failing_raises_an_error_that_langchain_understands(
    chain: ModelChain, gemini: GeminiServer, groq: GroqServer
) -> None:
    from langchain_core.exceptions import ModelRateLimitError

    gemini.plays(gemini_api.quota(26))
    groq.plays(groq_api.OVERLOADED)
    with pytest.raises(ModelRateLimitError) as error:
        asyncio.run(runnable(chain).ainvoke(question(chain)))
    assert isinstance(error.value, ModelCallError)
    assert isinstance(error.value, ERRORS[FailureKind.RATE_LIMIT])
    assert error.value.is_retryable
    assert error.value.verdict.retry_after == 26


def test_client_is_made_once_for_a_loop(chain: ModelChain, gemini: GeminiServer) -> None:
    gemini.plays(says("x"))

    async def three_times() -> None:
        for _ in range(3):
            await runnable(chain).ainvoke(question(chain))

    asyncio.run(three_times())
    assert len(gemini.requests) == 3
    assert len({request["port"] for request in gemini.requests}) == 1


def test_cancelled_caller_stops_waiting_and_blames_no_model(
    chain: ModelChain, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Silence())
    asked = question(chain)

    async def cancelled() -> None:
        task = asyncio.create_task(runnable(chain).ainvoke(asked))
        await asyncio.to_thread(gemini.wait_for_request)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    (attempt,) = asked.attempts.made
    assert (attempt.outcome, attempt.kind) == ("cancelled", None)
    assert groq.calls == 0
