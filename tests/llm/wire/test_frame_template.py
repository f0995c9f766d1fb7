"""Frames that are passed on quickly are the same as those that are looked at one by one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.wire import AnthropicFrames, ChatCompletionFrames, Frames, GeminiFrames
from app.llm.wire.event_stream import ServerEvent
from app.llm.wire.frames import TextSlot
from app.llm.wire.record import WireRecord
from app.llm.wire.rewriting import Rewriter


class SlowChat(ChatCompletionFrames):
    """Looks at each frame."""

    def usual_text(self, frame: dict[str, Any]) -> TextSlot | None:
        """Know none."""


class SlowGemini(GeminiFrames):
    """Looks at each frame."""

    def usual_text(self, frame: dict[str, Any]) -> TextSlot | None:
        """Know none."""


class SlowAnthropic(AnthropicFrames):
    """Looks at each frame."""

    def usual_text(self, frame: dict[str, Any]) -> TextSlot | None:
        """Know none."""


def chat(text: Any, more: Any, end: Any) -> dict[str, Any]:
    """Make a frame of chat completions."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": end}
    return {"id": "c1", "choices": [choice], "usage": more}


def gemini(text: Any, more: Any, end: Any) -> dict[str, Any]:
    """Make a frame of Gemini."""
    candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": end}
    return {"candidates": [candidate], "usageMetadata": more, "modelVersion": "gemini-3.5"}


def anthropic(text: Any, more: Any, end: Any) -> dict[str, Any]:
    """Make a frame of Anthropic."""
    if end:
        return {"type": "message_delta", "delta": {"stop_reason": end}, "usage": more}
    delta = {"type": "text_delta", "text": text}
    return {"type": "content_block_delta", "index": 0, "delta": delta}


def passed(frames: Frames, sent: list[str]) -> tuple[list[ServerEvent], WireRecord]:
    """Return what the client gets of some events, and the record."""
    record = WireRecord()
    rewriter = Rewriter(frames, record, lambda text: text.startswith("{"))
    return [one for data in sent for one in rewriter.rewritten(ServerEvent(data))], record


COUNTS = st.sampled_from(
    [None, 7, {}, {"promptTokenCount": 3, "prompt_tokens": 3}, {"promptTokenCount": -1}, [1]]
)
TEXTS = st.sampled_from(
    ["a ", "b", "", "<think>x", "</think>", "<|im", "_end|>", '{"a"', "\ud83c", "\udf89", "é", 7]
)


@pytest.mark.parametrize(
    ("quick", "slow", "frame"),
    [
        (ChatCompletionFrames(), SlowChat(), chat),
        (GeminiFrames(), SlowGemini(), gemini),
        (AnthropicFrames(), SlowAnthropic(), anthropic),
    ],
)
@given(st.data())
def test_quick_frames_are_the_same(quick: Frames, slow: Frames, frame: Any, data: Any) -> None:
    ends = st.sampled_from([None, None, None, "STOP", "stop"])
    drawn = data.draw(st.lists(st.tuples(TEXTS, COUNTS, ends), max_size=12))
    sent = [json.dumps(frame(*one)) for one in drawn if isinstance(one[0], str)]
    assert passed(quick, sent) == passed(slow, sent)


def test_frame_of_another_form_is_looked_at() -> None:
    plain = [json.dumps(chat(text, None, None)) for text in ("a ", "b ", "c ")]
    odd = json.dumps(chat("half", None, None) | {"error": {"message": "overloaded"}})
    _, record = passed(ChatCompletionFrames(), [*plain, odd])
    assert record.errors == [{"message": "overloaded"}]
    ended = json.dumps(chat("d", None, "length"))
    _, record = passed(ChatCompletionFrames(), [*plain, ended])
    assert (record.said, record.finish_reasons) == ("a b c d", ["length"])
