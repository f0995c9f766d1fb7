"""Ask a provider once, through its guard, and return how that ended."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from langchain_core.messages import HumanMessage

from app.clock import SystemClock
from app.llm.attempts import Attempts
from app.llm.call import ModelCall
from app.llm.declarations.tool_set import ToolSet
from app.llm.failures import CurableError, ModelCallError
from app.llm.guard import Guard, Policy
from app.llm.plan import Plan
from app.llm.providers import installed_places
from app.llm.stream import TimeLimits
from app.llm.user_messages import outage_sentence
from app.settings import Settings
from tests.fakes.http import ProviderServer
from tests.llm.memory import no_breakers, no_quotas

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """How an attempt ended, and the sentence that a person would get if nobody else were there."""

    kind: str | None
    goes_over: bool
    wait: float | None
    sentence: str


def call_of(server: ProviderServer, provider: str) -> tuple[Guard, ModelCall]:
    """Return a guard before the provider at a server, and a call to hand to it."""
    settings = Settings(
        primary_llm=provider,
        gemini_api_key="AIza-fake",
        groq_api_key="gsk_fake",
        gemini_base_url=server.url,
        groq_base_url=server.url,
    )
    clock = SystemClock()
    guard = Guard(
        installed_places(settings)[0],
        policy=Policy(TimeLimits(first_token=10, stall=10, attempt=10)),
        breakers=no_breakers(),
        quotas=no_quotas(),
        clock=clock,
    )
    plan = Plan((provider,), clock.monotonic() + 10, ToolSet(()))
    return guard, ModelCall([HumanMessage("hi")], Attempts(), plan)


def asked(server: ProviderServer, provider: str) -> Asked:
    """Ask the provider at a server, which must fail."""
    guard, call = call_of(server, provider)
    curable = False
    with suppress(ModelCallError):
        try:
            asyncio.run(guard.ainvoke(call))
        except CurableError:
            curable = True
    last = call.attempts.made[-1]
    assert last.outcome.gave_up
    assert last.goes_over is curable
    return Asked(last.kind, curable, last.wait, outage_sentence(call.attempts.made, (), NOON))
