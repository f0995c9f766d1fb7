"""What came is recorded in the provider's words, and its client gets a plain stream."""

import json
from contextlib import suppress
from itertools import product
from typing import Any

import pytest

from app.llm.wire import (
    AnthropicFrames,
    ChatCompletionFrames,
    Frames,
    GeminiFrames,
    OllamaFrames,
)
from app.llm.wire.event_stream import ServerEvent, UnreadableStreamError
from app.llm.wire.record import WireRecord
from app.llm.wire.rewriting import Rewriter


def never(text: str) -> bool:
    """Take no text for a call."""
    return False


def passed(frames: Frames, *sent: Any, is_call: Any = never) -> tuple[WireRecord, list[Any]]:
    """Return the record of some frames, and the frames as the client gets them."""
    record = WireRecord()
    rewriter = Rewriter(frames, record, is_call)
    events = [
        event for frame in sent for event in rewriter.rewritten(ServerEvent(json.dumps(frame)))
    ]
    return record, [json.loads(event.data) for event in events]


def delta(finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """Make a chunk of chat completions."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def said(frames: list[Any]) -> str:
    """Return the text that a client of chat completions joins."""
    return "".join(one["choices"][0]["delta"].get("content") or "" for one in frames)


def part(finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """Make a chunk of Gemini."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [fields]}}
    return {"candidates": [candidate | ({"finishReason": finish} if finish else {})]}


def piece(arguments: Any, **function: Any) -> dict[str, Any]:
    """Make a piece of a call in chat completions."""
    return {"index": 0, "function": {"arguments": arguments, **function}}


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        (('{"title": "a', 'b"}'), True),
        (('{"title": "a',), False),
        (("{}",), True),
        (("",), True),
        (("null",), True),
        ((None,), True),
        (('{"ids": [1, 12',), False),
        (("[1]",), False),
        (({"title": "an object"},), True),
    ],
)
def test_arguments_have_to_stand_whole_on_the_wire(arguments: Any, whole: bool) -> None:
    calls = [delta(tool_calls=[piece(text)]) for text in arguments]
    record, _ = passed(ChatCompletionFrames(), *calls, delta("tool_calls"))
    assert [call.whole for call in record.calls.values()] == [whole]


def test_each_frame_has_its_own_finish_reason() -> None:
    record, _ = passed(ChatCompletionFrames(), delta("stop", content="a"), delta("stop"))
    assert record.finish_reasons == ["stop", "stop"]
    record, _ = passed(GeminiFrames(), part("STOP", text="a"), part("SAFETY", text=""))
    assert record.finish_reasons == ["STOP", "SAFETY"]


def test_errors_inside_a_good_answer_are_kept() -> None:
    stopped = {"x_groq": {"error": "over capacity"}, "choices": []}
    record, _ = passed(ChatCompletionFrames(), delta(content="half"), stopped)
    assert record.errors == [{"message": "over capacity"}]
    record, _ = passed(GeminiFrames(), {"error": {"code": 503, "message": "overloaded"}})
    assert record.errors == [{"code": 503, "message": "overloaded"}]


def test_thoughts_never_reach_the_client() -> None:
    frames = [delta(content=text) for text in ("<thi", "nk>secret</th", "ink>\n\nAll", " good")]
    _, got = passed(ChatCompletionFrames(), *frames, delta("stop"))
    assert said(got) == "All good"
    _, got = passed(
        GeminiFrames(), part(text="<think>secret</think>All good"), part("STOP", text="")
    )
    assert "secret" not in json.dumps(got)


def test_halves_of_a_character_are_joined() -> None:
    _, got = passed(
        ChatCompletionFrames(),
        delta(content="party \ud83c"),
        delta(content="\udf89"),
        delta("stop"),
    )
    assert said(got) == "party 🎉"


def test_call_as_text_is_held_back_and_other_text_in_braces_is_told_at_the_end() -> None:
    call = '{"name": "list_tasks", "arguments": {}}'
    frames = [delta(content=call[:9]), delta(content=call[9:]), delta("stop")]
    record, got = passed(ChatCompletionFrames(), *frames, is_call=lambda text: text == call)
    assert (record.call_as_text, said(got)) == (call, "")
    record, got = passed(ChatCompletionFrames(), *frames)
    assert (record.call_as_text, said(got)) == ("", call)


def test_delta_that_is_null_is_an_empty_one() -> None:
    sent = {"choices": [{"index": 0, "delta": None, "finish_reason": "stop"}]}
    _, (got,) = passed(ChatCompletionFrames(), sent)
    assert got["choices"][0]["delta"] == {}


def test_anthropic_and_ollama_are_read_alike() -> None:
    record, _ = passed(
        AnthropicFrames(),
        {
            "type": "content_block_start",
            "index": 1,
            "content_block": {"type": "tool_use", "name": "a"},
        },
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "input_json_delta", "partial_json": '{"x"'},
        },
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}},
    )
    assert [(call.name, call.whole) for call in record.calls.values()] == [("a", False)]
    assert record.finish_reasons == ["max_tokens"]
    call = {"function": {"name": "a", "arguments": {"x": 1}}}
    record, _ = passed(
        OllamaFrames(), {"message": {"content": "", "tool_calls": [call]}}, {"done_reason": "stop"}
    )
    assert [(call.name, call.whole) for call in record.calls.values()] == [("a", True)]


def test_held_text_of_anthropic_is_told_before_the_end() -> None:
    text = {"type": "content_block_delta", "index": 0}
    sent = [
        text | {"delta": {"type": "text_delta", "text": piece}} for piece in ('{"mi', 'lk": 1}')
    ]
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
    _, got = passed(AnthropicFrames(), *sent, end)
    assert "".join(one["delta"].get("text", "") for one in got) == '{"milk": 1}'
    assert got[-1]["delta"] == end["delta"]


def test_calls_reach_the_client_whole_and_once() -> None:
    pieces = [delta(tool_calls=[piece(text)]) for text in ('{"title": "a', 'b"}')]
    pieces[0]["choices"][0]["delta"]["tool_calls"][0] |= {
        "id": "c1",
        "function": {"name": "x", "arguments": '{"title": "a'},
    }
    _, got = passed(ChatCompletionFrames(), *pieces, delta("tool_calls"), delta("tool_calls"))
    calls = [call for one in got for call in one["choices"][0]["delta"].get("tool_calls", ())]
    assert [(call["id"], call["function"]) for call in calls] == [
        ("c1", {"name": "x", "arguments": '{"title": "ab"}'})
    ]


ODD: tuple[Any, ...] = (None, 0, "x", [], {}, [None], [[]], {"a": None}, True, 1e308)


@pytest.mark.parametrize(
    "frames", [ChatCompletionFrames(), GeminiFrames(), AnthropicFrames(), OllamaFrames()]
)
def test_fields_of_any_type_break_nothing(frames: Frames) -> None:
    keys = ("choices", "candidates", "message", "delta", "content_block", "error", "x_groq")
    inner = ("delta", "content", "parts", "tool_calls", "function", "finish_reason", "finishReason")
    for key, odd, name in product(keys, ODD, inner):
        for sent in (odd, [{name: odd}], {name: odd}, [{name: [{name: odd}]}]):
            with suppress(UnreadableStreamError):
                passed(frames, {key: sent})
