"""What is shown of a turn while it runs."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, ToolCall

from app.events import Asking, Failover, Token, Waiting
from app.events import ToolCall as Called
from app.graph import events_of

CALLS = AIMessage("", tool_calls=[ToolCall(name="delete_tasks", args={"task_ids": [4]}, id="1")])
SHOWN = [Called("delete_tasks", {"task_ids": [4]})]


@pytest.mark.parametrize(
    ("step", "events"),
    [("call_model", SHOWN), ("confirm", SHOWN), ("begin_turn", []), ("end_turn", [])],
)
def test_calls_of_the_model_and_edited_calls_are_shown(step: str, events: list[Any]) -> None:
    assert list(events_of("updates", {step: {"messages": [CALLS]}})) == events


@pytest.mark.parametrize("update", [None, {}, {"messages": []}, {"messages": [AIMessage("hi")]}])
def test_step_that_calls_nothing_shows_nothing(update: Any) -> None:
    assert list(events_of("updates", {"call_model": update})) == []


def test_pieces_of_an_answer_share_its_id() -> None:
    pieces = [
        AIMessageChunk(content="one ", id="x"),
        AIMessageChunk(content="", id="x"),
        AIMessage("whole"),
    ]
    events = [event for piece in pieces for event in events_of("messages", (piece, {}))]
    assert events == [Token("one ", "x")]


@pytest.mark.parametrize(
    ("told", "event"),
    [
        (
            {"type": "failover", "from": "a", "to": "b", "kind": "timeout", "message_id": "m"},
            Failover("a", "b", "timeout", "m"),
        ),
        ({"type": "asking", "provider": "a", "model": "m"}, Asking("a", "m")),
        ({"type": "waiting", "for": "a", "seconds": 2.5}, Waiting("a", 2.5)),
    ],
)
def test_what_the_chain_tells_becomes_an_event(told: dict[str, Any], event: object) -> None:
    assert list(events_of("custom", told)) == [event]


def test_what_others_write_into_the_stream_is_passed_over() -> None:
    assert list(events_of("custom", {"type": "of another node"})) == []
    assert list(events_of("values", {"messages": [CALLS]})) == []
