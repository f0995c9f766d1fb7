import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from app.clock import SystemClock
from app.errors import DatabaseError
from app.llm.attempts import Trail
from app.llm.call import ModelCall
from app.llm.chain import build_chain
from app.llm.failures.kinds import RateLimitError
from app.llm.resilience.breaker import Breakers
from app.llm.resilience.quota_counters import QuotaBook
from app.settings import Settings
from app.telemetry import BreakerStore, QuotaStore
from tests.conftest import provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Silence, says


@pytest.fixture
def chain(gemini: GeminiServer, groq: GroqServer) -> Iterator[Any]:
    settings = Settings(**provider_settings(gemini, groq), offline_fallback=False)  # type: ignore[arg-type]
    built = build_chain(settings, [], no_breakers(), no_quotas(), SystemClock())
    yield built.runnable
    built.close()


def no_breakers() -> Breakers:
    """Return breakers that are kept in memory, because their database fails."""

    def fails() -> BreakerStore:
        raise DatabaseError("no database in these tests")

    return Breakers(fails, SystemClock(), lease=10)


def no_quotas() -> QuotaBook:
    """Return quotas that are kept in memory, for the same reason."""

    def fails() -> QuotaStore:
        raise DatabaseError("no database in these tests")

    return QuotaBook(fails, SystemClock())


def question(seconds: float = 10) -> ModelCall:
    trail = Trail(watch=lambda attempt: None)
    return ModelCall([HumanMessage("hi")], trail, SystemClock().monotonic() + seconds)


def test_synchronous_caller_gets_the_same_answer(chain: Any, gemini: GeminiServer) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    asked = question()
    assert chain.invoke(asked).text == "Hello! How can I help?"
    assert [attempt.provider for attempt in asked.trail.attempts] == ["gemini", "groq"]


def test_synchronous_callers_in_many_threads_share_one_loop(chain: Any) -> None:
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(chain.invoke(question()).text))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == ["Hello! How can I help?"] * 8
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("task-relay-models") == 1


def test_synchronous_caller_has_the_same_time_limit(chain: Any, gemini: GeminiServer) -> None:
    gemini.plays(Silence())
    asked = question(0.3)
    with pytest.raises(Exception, match="timeout"):
        chain.invoke(asked)
    assert [a.failure.kind for a in asked.trail.attempts if a.failure] == ["timeout", "timeout"]


def test_streaming_the_chain_yields_one_whole_message(chain: Any, gemini: GeminiServer) -> None:
    gemini.plays(gemini_api.OVERLOADED)

    async def collect() -> list[str]:
        return [chunk.text async for chunk in chain.astream(question())]

    assert asyncio.run(collect()) == ["Hello! How can I help?"]


def test_all_failing_raises_an_error_that_langchain_understands(
    chain: Any, gemini: GeminiServer, groq: GroqServer
) -> None:
    from langchain_core.exceptions import ModelRateLimitError

    gemini.plays(gemini_api.quota(26))
    groq.plays(groq_api.OVERLOADED)
    with pytest.raises(ModelRateLimitError) as error:
        asyncio.run(chain.ainvoke(question()))
    assert isinstance(error.value, RateLimitError)
    assert error.value.is_retryable
    assert error.value.verdict.retry_after == 26


def test_client_is_made_once_for_a_loop(chain: Any, gemini: GeminiServer) -> None:
    gemini.plays(says("x"))

    async def three_times() -> None:
        for _ in range(3):
            await chain.ainvoke(question())

    asyncio.run(three_times())
    assert len(gemini.requests) == 3
    assert len({request["port"] for request in gemini.requests}) == 1


def test_cancelled_caller_stops_waiting_and_blames_no_model(
    chain: Any, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Silence())
    asked = question()

    async def cancelled() -> None:
        task = asyncio.create_task(chain.ainvoke(asked))
        await asyncio.to_thread(gemini.wait_for_request)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    (attempt,) = asked.trail.attempts
    assert (attempt.outcome, attempt.failure) == ("cancelled", None)
    assert groq.calls == 0
