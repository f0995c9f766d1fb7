"""What a thread forgets, and what the transcript is told of a message."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall, ToolMessage

from app.conversations import Role, TranscriptMessage
from app.graph.nodes.end_turn import transcript_message
from app.graph.turn import beyond_window
from app.llm import MODEL, PROVIDER

CALL = ToolCall(name="add_task", args={"title": "x"}, id="1")
TURN: list[AnyMessage] = [
    HumanMessage("add x"),
    AIMessage("", tool_calls=[CALL]),
    ToolMessage("Added", tool_call_id="1"),
    AIMessage("Done."),
]


@pytest.mark.parametrize(("window", "gone"), [(1, 8), (2, 4), (3, 0), (4, 0)])
def test_whole_exchanges_stay(window: int, gone: int) -> None:
    assert beyond_window(TURN * 3, window) == (TURN * 3)[:gone]


def test_what_comes_before_the_first_words_of_the_person_goes_with_the_first_exchange() -> None:
    greeted = [AIMessage("Hello."), *TURN]
    assert beyond_window(greeted, 1) == []
    assert beyond_window([*greeted, *TURN], 1) == greeted


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (HumanMessage("hi", id="1"), (Role.PERSON, "hi", None)),
        (HumanMessage("caf\udce9 \0!", id="1"), (Role.PERSON, "caf? !", None)),
        (AIMessage("x", id="1"), (Role.MODEL, "x", None)),
        (
            AIMessage("x", id="1", response_metadata={PROVIDER: "groq", MODEL: "oss", "n": 1}),
            (Role.MODEL, "x", {"provider": "groq", "model": "oss"}),
        ),
        (
            AIMessage("", id="1", tool_calls=[CALL]),
            (Role.MODEL, "", {"calls": [{"name": "add_task", "args": {"title": "x"}}]}),
        ),
        (
            ToolMessage("Added", id="1", tool_call_id="1", name="add_task"),
            (Role.TOOL, "Added", {"name": "add_task"}),
        ),
    ],
)
def test_transcript_keeps_who_said_it_and_what_was_called(message: AnyMessage, kept: Any) -> None:
    assert transcript_message(message) == TranscriptMessage("1", *kept)
