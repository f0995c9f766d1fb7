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
        ("<think>a</think>\n<think>b</think>\n\nAll good", "All good"),
        ("<think/> is a tag", "<think/> is a tag"),
        ('<think lang="en">hm</think>All good', "All good"),
        ("<thinkers> unite", "<thinkers> unite"),
        ("</think>\n\nAll good", "All good"),
        ("<thought>hm</thought> All good", "All good"),
        ("<seed:think>hm</seed:think>All good", "All good"),
        ("[THINK]hm[/THINK]All good", "All good"),
        ("[THINK]hm", ""),
        ("\u25c1think\u25b7hm\u25c1/think\u25b7All good", "All good"),
        (
            "<|begin_of_thought|>hm<|end_of_thought|>\n\n"
            "<|begin_of_solution|>All good<|end_of_solution|>",
            "All good",
        ),
        ("<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>All good", "All good"),
        ("<|channel>thought\nhm<channel|>All good", "All good"),
        ("<unused94>thought\nhm<unused95>All good", "All good"),
        ("<think>hm</think><answer>All good</answer>", "All good"),
        ("<think>hm</think>I say </think> aloud", "I say </think> aloud"),
        ("All good<|im_end|>", "All good"),
        ("All good</s>\n", "All good"),
        ("All good<|eot_id|><|endoftext|>", "All good"),
        ("x </s> y", "x </s> y"),
        ("Say <|im_end|> to end", "Say <|im_end|> to end"),
        ("1 < 2 <", "1 < 2 <"),
        ("<|im_end|>", ""),
        ("analysisWe need to list.assistantfinalAll good", "All good"),
        ("analysisWe need to list.", ""),
        ("assistantfinalAll good", "All good"),
        ("analysis of the week", "analysis of the week"),
        ("analysis", "analysis"),
        ("final", "final"),
        ("finally done", "finally done"),
        ("commentary on it", "commentary on it"),
        ("Analysis<b>", "Analysis<b>"),
        ("final<|message|>All good<|return|>", "All good"),
        (
            "analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>All good",
            "All good",
        ),
        ("<|start|>assistant<|channel|>final<|message|>All good", "All good"),
        ("<|channel|>commentary<|message|>On it.<|end|>", "On it."),
        (
            "<|channel|>commentary<|message|>On it.<|end|>"
            "<|start|>assistant<|channel|>final<|message|>All good",
            "All good",
        ),
        ("<|channel|>analysis<|message|>hm<|end|>All good", "All good"),
        ("<|message|>All good<|end|>", "All good"),
        (
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary "
            "to=functions.f <|constrain|>json<|message|>{}<|call|>",
            "<|start|>assistant<|channel|>commentary to=functions.f "
            "<|constrain|>json<|message|>{}<|call|>",
        ),
        ('{"tasks": [1]}', '{"tasks": [1]}'),
        ("[x] Milk", "[x] Milk"),
        ("{curly} text", "{curly} text"),
        ("```bash\nls\n```", "```bash\nls\n```"),
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


@pytest.mark.parametrize(
    "text", ["[ ] Milk", "{x} y", "<b>bold</b>", "```bash\nls", "```json\nno", "final word", "< 5"]
)
def test_head_that_can_be_nothing_else_is_shown_at_once(text: str) -> None:
    assert shown(*text) == (text, "")


def test_text_that_may_be_a_call_waits_for_its_end() -> None:
    for call in ('<tool_call>{"name": "x"}</tool_call>', '{"name": "x"}', "```json\n[{}]\n```"):
        assert shown(*call) == ("", call)


@given(st.text(alphabet="<>/|thinkfinalchannelmessage {}[]`\n ab"), st.data())
def test_pieces_mean_the_same_as_the_whole(text: str, draw: st.DataObject) -> None:
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    edges = [0, *cuts, len(text)]
    pieces = [text[a:b] for a, b in pairwise(edges)]
    assert "".join(shown(*pieces)) == "".join(shown(text))
