"""Give one whole answer, or an exception: never one model's beginning with another one's answer."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessageChunk

from app import NoAnswerError, Settings
from app.agent import ChatRelay
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, Held, Silence, Stream, calls, says

MODEL = "gemini-3.5-flash-lite"


def said(*texts: str, finish: str | None = None) -> bytes:
    """Return frames of Gemini's."""
    frames = [gemini_api.event(MODEL, [{"text": text}]) for text in texts]
    return b"".join([*frames, *([gemini_api.event(MODEL, [], finish)] if finish else [])])


HALF = Stream(said("Half an ", "answer"), cut=True)
SAFETY = Stream(said("Half an ", "answer", finish="SAFETY"))
CALL = gemini_api.event(MODEL, [{"functionCall": {"name": "add", "args": {"a": 1, "b": 2}}}])
HALF_CALL = Stream(CALL, cut=True)
BLANK = Stream(said("\n ", ""), cut=True)
GROQ = "Hello! How can I help?"


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def streamed(model: Any, text: str = "hi") -> list[AIMessageChunk]:
    return list(model.stream(text))


async def astreamed(model: Any, text: str = "hi") -> list[AIMessageChunk]:
    return [chunk async for chunk in model.astream(text)]


def in_a_loop(model: Any, text: str = "hi") -> list[AIMessageChunk]:
    return asyncio.run(astreamed(model, text))


WAYS = pytest.mark.parametrize("ask", [streamed, in_a_loop])


class Tokens(BaseCallbackHandler):
    """Keeps the tokens that callbacks see, by the ids of their messages."""

    def __init__(self) -> None:
        self.seen: dict[str | None, str] = {}

    def on_llm_new_token(self, token: Any, *, chunk: Any = None, **kwargs: Any) -> None:
        self.seen[chunk.message.id] = self.seen.get(chunk.message.id, "") + token


def joined(chunks: list[AIMessageChunk]) -> AIMessageChunk:
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    return whole


@WAYS
@pytest.mark.parametrize("broken", [HALF, SAFETY])
def test_stream_that_breaks_in_its_middle_raises_and_asks_nobody_else(
    model: ChatRelay, gemini: GeminiServer, groq: GroqServer, ask: Any, broken: Stream
) -> None:
    gemini.plays(broken)
    with pytest.raises(NoAnswerError, match=r"broke off in its middle \(Gemini \("):
        ask(model)
    assert groq.calls == 0


def test_what_came_before_the_break_is_of_one_model(model: ChatRelay, gemini: GeminiServer) -> None:
    gemini.plays(HALF)
    got: list[str] = []
    with pytest.raises(NoAnswerError):
        got.extend(chunk.text for chunk in model.stream("hi"))
    assert "".join(got) == "Half an answer"


@WAYS
@pytest.mark.parametrize("broken", [gemini_api.OVERLOADED, BLANK, HALF_CALL, Stream(b"", cut=True)])
def test_before_the_first_piece_the_next_model_answers(
    model: ChatRelay, gemini: GeminiServer, groq: GroqServer, ask: Any, broken: Any
) -> None:
    gemini.plays(broken)
    whole = joined(ask(model.bind_tools([add])))
    assert whole.text == GROQ
    assert [each["outcome"] for each in whole.response_metadata["attempts"]] == [
        "failed",
        "answered",
    ]


@WAYS
def test_break_after_a_whole_call_but_before_the_end_hands_no_call_on(
    model: ChatRelay, gemini: GeminiServer, groq: GroqServer, ask: Any
) -> None:
    gemini.plays(HALF_CALL)
    groq.plays(calls("add", a=3, b=4))
    whole = joined(ask(model.bind_tools([add])))
    assert [call["args"] for call in whole.tool_calls] == [{"a": 3, "b": 4}]


@WAYS
def test_calls_come_whole_behind_the_text_and_the_last_chunk_says_what_it_cost(
    model: ChatRelay, gemini: GeminiServer, ask: Any
) -> None:
    gemini.plays(
        Answer("I add them.", calls=(("add", {"a": 1, "b": 2}), ("add", {"a": 3, "b": 4})))
    )
    chunks = ask(model.bind_tools([add]))
    texts = [chunk.text for chunk in chunks if chunk.text]
    pieces = [piece for chunk in chunks for piece in chunk.tool_call_chunks]
    assert texts == ["I ", "add ", "them."]
    assert [json.loads(piece["args"] or "") for piece in pieces] == [
        {"a": 1, "b": 2},
        {"a": 3, "b": 4},
    ]
    assert [chunk.usage_metadata is not None for chunk in chunks] == [False] * (len(chunks) - 1) + [
        True
    ]
    assert chunks[-1].chunk_position == "last"
    assert len({chunk.id for chunk in chunks}) == 1
    assert joined(chunks).response_metadata["model_name"] == MODEL


def test_chunks_come_as_they_arrive(model: ChatRelay, gemini: GeminiServer) -> None:
    gemini.plays(Held("The beginning ", "and the end."))
    stream = model.stream("hi")
    first = [next(stream).text, next(stream).text]
    gemini.let_go()
    assert first == ["The ", "beginning "]
    assert "".join(chunk.text for chunk in stream) == "and the end."


def test_caller_who_stops_reading_ends_the_call(model: ChatRelay, gemini: GeminiServer) -> None:
    gemini.plays(Held("The beginning ", "and the end."), says("Hello again."))

    async def first_word() -> str:
        async for chunk in model.astream("hi"):
            return chunk.text
        return ""

    assert asyncio.run(first_word()) == "The "
    assert next(iter(model.stream("hi"))).text == "Hello "


@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
@pytest.mark.parametrize("broken", [HALF, HALF_CALL])
def test_invoke_gives_one_whole_answer_and_its_tokens_another_id_for_each_attempt(
    model: ChatRelay, gemini: GeminiServer, way: str, broken: Stream
) -> None:
    gemini.plays(broken)
    tokens = Tokens()
    config: Any = {"callbacks": [tokens]}
    if way == "invoke":
        answer = model.bind_tools([add]).invoke("hi", config)
    else:
        answer = asyncio.run(model.bind_tools([add]).ainvoke("hi", config))
    assert answer.text == GROQ
    assert tokens.seen[answer.id] == GROQ
    abandoned = [text for identity, text in tokens.seen.items() if identity != answer.id]
    assert abandoned == (["Half an answer"] if broken is HALF else [])


def test_invoke_under_a_streaming_handler_has_one_answer_too(
    model: ChatRelay, gemini: GeminiServer
) -> None:
    gemini.plays(HALF)

    async def events() -> list[Any]:
        chain = model | (lambda message: message.text)
        return [event async for event in chain.astream_events("hi", version="v2")]

    with pytest.raises(NoAnswerError):  # a chain streams its model: the half has left us
        asyncio.run(events())


def test_refusal_for_safety_stays_with_the_model_that_refused(
    model: ChatRelay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Stream(said(finish="SAFETY")))
    with pytest.raises(NoAnswerError, match="declined for safety reasons"):
        model.invoke("hi")
    assert groq.calls == 0


def test_time_of_the_call_bounds_all_attempts_together(
    make_settings: Callable[..., Settings], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Silence())
    groq.plays(Silence())
    model = ChatRelay(settings=make_settings(), timeout=0.4)
    with pytest.raises(NoAnswerError, match="no answer in time"):
        model.invoke("hi")
    with pytest.raises(NoAnswerError):
        model.invoke("hi", timeout=0.2)
    assert gemini.calls <= 2


def test_answer_of_a_break_that_groq_reads_back_follows_the_text(
    make_settings: Callable[..., Settings], groq: GroqServer
) -> None:
    model = ChatRelay(settings=make_settings(llm_chain=("groq",)))
    begun = groq_api.event("openai/gpt-oss-20b", {"role": "assistant", "content": "I add. "})
    error = {
        "message": "Failed to call a function.",
        "type": "invalid_request_error",
        "code": "tool_use_failed",
        "failed_generation": '<function=add>{"a": "1", "b": 2}</function>',
    }
    frame = b"event: error\ndata: " + json.dumps({"error": error}).encode() + b"\n\n"
    groq.plays(Stream(begun + frame))
    whole = joined(streamed(model.bind_tools([add])))
    assert whole.text == "I add. "
    assert [call["args"] for call in whole.tool_calls] == [{"a": 1, "b": 2}]
