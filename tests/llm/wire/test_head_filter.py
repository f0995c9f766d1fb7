"""Thoughts and calls at the head of an answer are no text for the person."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.wire.head_filter import HeadFilter


def shown(*pieces: str) -> tuple[str, str]:
    """Return what is shown while the text comes, and what is held at its end."""
    head = HeadFilter()
    at_once = "".join(map(head.feed, pieces))
    return at_once, head.end() if head.held else ""


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("All good", "All good"),
        ("<think>hm</think>All good", "All good"),
        ("  <think>hm\nhm</think>\n\nAll good", "All good"),
        ("<THINK>a</THINK><think>b</think>All good", "All good"),
        ("<thinking>a</thinking>All good", "All good"),
        ("<think>never closed", ""),
        ("<think>a</think>", ""),
        ("I <think>so</think> too", "I <think>so</think> too"),
        ("<b>bold</b>", "<b>bold</b>"),
        (
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant"
            "<|channel|>final<|message|>All good<|return|>",
            "All good",
        ),
        ("<|channel|>analysis<|message|>only thoughts<|end|>", ""),
        ("< 5 tasks are open", "< 5 tasks are open"),
        ("", ""),
    ],
)
def test_head_is_read(text: str, whole: str) -> None:
    for pieces in ([text], list(text)):
        assert "".join(shown(*pieces)) == whole


def test_plain_text_is_shown_at_once() -> None:
    assert shown("All", " good") == ("All good", "")


def test_text_that_may_be_a_call_waits_for_its_end() -> None:
    for call in ('<tool_call>{"name": "x"}</tool_call>', '{"name": "x"}', "```json\n[]\n```"):
        assert shown(*call) == ("", call)


@given(st.text(alphabet="<>/|thinkfinalchannelmessage {}[]`\n ab"), st.data())
def test_pieces_mean_the_same_as_the_whole(text: str, draw: st.DataObject) -> None:
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    edges = [0, *cuts, len(text)]
    pieces = [text[a:b] for a, b in pairwise(edges)]
    assert "".join(shown(*pieces)) == "".join(shown(text))
