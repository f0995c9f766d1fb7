from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from app.llm.messages.trimming import estimate_tokens, fit, tighter
from tests.conftest import Relay, provider_settings
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import calls, says

PROMPT = SystemMessage("prompt")
CALL = {"name": "list_tasks", "args": {}, "id": "1", "type": "tool_call"}

texts = st.text(max_size=40)
answers = texts.map(AIMessage)
tooled = st.just([AIMessage("", tool_calls=[CALL]), ToolMessage("r" * 20, tool_call_id="1")])
exchanges = st.builds(
    lambda asked, used, said: [HumanMessage(asked), *used, said],
    texts,
    st.one_of(st.just([]), tooled),
    answers,
)
histories = st.builds(
    lambda old, asked, used: [PROMPT, *(m for e in old for m in e), HumanMessage(asked), *used],
    st.lists(exchanges, max_size=6),
    texts,
    st.one_of(st.just([]), tooled),
)


def must_keep(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    last = max(n for n, m in enumerate(messages) if isinstance(m, HumanMessage))
    return [PROMPT, *messages[last:]]


@given(histories, st.integers(0, 200))
def test_whole_exchanges_go_oldest_first_and_no_more_than_needed(
    messages: list[AnyMessage], budget: int
) -> None:
    kept = fit(messages, budget)
    tail = kept[1:]
    assert kept[0] is PROMPT
    assert tail == messages[len(messages) - len(tail) :]
    assert isinstance(tail[0], HumanMessage)
    assert estimate_tokens(kept) <= budget or kept == must_keep(messages)
    dropped = messages[1 : len(messages) - len(tail)]
    if dropped:
        start = max(n for n, m in enumerate(dropped) if isinstance(m, HumanMessage))
        assert estimate_tokens([*kept, *dropped[start:]]) > budget


@given(histories)
def test_without_a_budget_everything_stays(messages: list[AnyMessage]) -> None:
    assert fit(messages, None) == messages


def test_what_fits_exactly_stays_and_nothing_is_left_out_in_the_middle() -> None:
    short, long, last = HumanMessage("old"), HumanMessage("x" * 350), HumanMessage("now")
    messages = [PROMPT, short, long, last]
    assert fit(messages, estimate_tokens(messages)) == messages
    assert fit(messages, estimate_tokens(messages) - 1) == [PROMPT, long, last]
    assert fit(messages, estimate_tokens([PROMPT, short, last])) == [PROMPT, last]


def test_estimate_counts_calls_and_wide_scripts() -> None:
    plain = estimate_tokens([HumanMessage("a" * 35)])
    assert plain == 14
    assert estimate_tokens([HumanMessage("あ" * 35)]) == 39
    assert estimate_tokens([AIMessage("", tool_calls=[CALL])]) > estimate_tokens([AIMessage("")])
    assert tighter([HumanMessage("a" * 35)]) == 7


def test_smaller_model_gets_a_shorter_history(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make_relay(groq_max_input_tokens=700, **provider_settings(gemini, groq))
    for number in range(6):
        relay.say(f"{number} " + "long words " * 60)
    gemini.plays(groq_api.OVERLOADED)
    relay.say("And now?")
    sent = [m["content"] for m in groq.requests[-1]["body"]["messages"]]
    assert sent[0].startswith("You are Task Relay")
    assert sent[-1] == "And now?"
    assert 2 < len(sent) < 8
    assert len([c for c in gemini.requests[-1]["body"]["contents"] if c["role"] == "user"]) == 7


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_overflow_is_trimmed_once_more_before_the_next_model_is_asked(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, ends: str
) -> None:
    too_large = groq_api.error(413, "Request too large for model", "rate_limit_exceeded")
    relay = make_relay(primary_llm="groq", **provider_settings(gemini, groq))
    for number in range(4):
        relay.say(f"{number} " + "words " * 100)
    before = groq.calls
    groq.plays(too_large, says("Fits.") if ends == "well" else too_large)
    reply = relay.say("And now?")
    told = [(a["provider"], a["outcome"], a["kind"]) for a in reply.attempts]
    assert told[0] == ("groq", "retried", "context_overflow")
    assert len(groq.requests[-1]["body"]["messages"]) < len(groq.requests[-2]["body"]["messages"])
    if ends == "well":
        assert told[1:] == [("groq", "answered", None)]
    else:
        failed = ("groq", "failed", "context_overflow")
        assert told[1:] == [failed, ("gemini", "answered", None)]
    assert groq.calls == before + 2


def test_open_tool_exchange_is_never_cut(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make_relay(
        primary_llm="groq", groq_max_input_tokens=256, **provider_settings(gemini, groq)
    )
    groq.plays(calls("list_tasks"), says("Nothing."))
    relay.say("old " + "words " * 300)
    groq.plays(calls("list_tasks"), says("Nothing."))
    relay.say("What is there?")
    roles = [m["role"] for m in groq.requests[-1]["body"]["messages"]]
    assert roles == ["system", "user", "assistant", "tool"]
