"""How a turn, its calls and their results are read out of a conversation."""

from typing import Any, cast

import pytest
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    RemoveMessage,
    ToolMessage,
)

from app.errors import InputError
from app.graph.answer_messages import failure
from app.graph.healing import has_dangling_calls, with_results
from app.graph.nodes import ToolNodes
from app.graph.routes import MOST_TOOL_CALLS, route_begun, route_weighed
from app.graph.state import Question, State
from app.graph.turn import answer_again, calls_in, current_turn, messages_after
from app.tools import TaskTools

US = "task_relay"


def calling(*ids: str, message_id: str = "m", name: str = US) -> AIMessage:
    calls: list[Any] = [{"name": "list_tasks", "args": {}, "id": call_id} for call_id in ids]
    return AIMessage("", id=message_id, name=name, tool_calls=calls)


def result(call_id: str, text: str = "ok") -> ToolMessage:
    return ToolMessage(text, tool_call_id=call_id)


HI = HumanMessage("hi", id="h")


def test_turn_is_everything_from_the_last_words_of_the_person_on() -> None:
    conversation: list[AnyMessage] = [HI, AIMessage("a"), HumanMessage("b"), calling("1")]
    assert current_turn(conversation) == conversation[2:]
    assert current_turn(conversation[1:2]) == conversation[1:2]
    assert current_turn([]) == []


def test_ids_that_repeat_pair_with_the_results_beside_them() -> None:
    conversation = [
        calling("1"),
        HI,
        calling("1", "1"),
        result("1", "first"),
        result("1", "second"),
        calling("1", "2"),
        result("2", "third"),
        HI,
        result("1", "late"),
    ]
    texts = [call.result and call.result.text for call in calls_in(conversation)]
    assert texts == [None, "first", "second", "late", "third"]
    assert [call.position for call in calls_in(conversation)] == [0, 0, 1, 0, 1]


def shape(messages: list[Any]) -> list[str]:
    return [
        message.tool_call_id if isinstance(message, ToolMessage) else message.type[0]
        for message in messages
        if not isinstance(message, RemoveMessage)
    ]


def test_calls_without_a_result_get_one_in_their_order_before_the_next_words() -> None:
    first: list[AnyMessage] = [HI, calling("1", "2", "3"), result("2")]
    conversation = [*first, HI, AIMessage("x"), calling("4")]
    assert has_dangling_calls(conversation)
    recorded = {"3": "was done"}
    whole = with_results(conversation, lambda call: recorded.get(call.id))
    assert isinstance(whole[0], RemoveMessage)
    assert shape(whole) == ["h", "a", "2", "1", "3", "h", "a", "a", "4"]
    results = {m.tool_call_id: (m.text[:8], m.status) for m in whole if isinstance(m, ToolMessage)}
    assert results["1"] == results["4"] == ("Not run:", "error")
    assert results["3"] == ("was done", "success")
    healed = [message for message in whole if not isinstance(message, RemoveMessage)]
    assert not has_dangling_calls(cast("list[AnyMessage]", healed))


def test_conversation_in_which_every_call_has_its_result_is_left() -> None:
    assert not has_dangling_calls([HI, calling("1"), result("1"), AIMessage("x")])


@pytest.mark.parametrize(
    ("last", "removed"),
    [
        (AIMessage("x", id="x"), ["x"]),
        (calling("1", message_id="x"), []),
        (result("1"), []),
        (HumanMessage("again", id="x"), []),
    ],
)
def test_answering_again_takes_back_only_a_last_answer_in_words(
    last: AnyMessage, removed: list[str]
) -> None:
    again = answer_again({"messages": [HI, last]})
    assert [message.id for message in again] == removed


@pytest.mark.parametrize("state", [{}, {"messages": []}, {"messages": [AIMessage("x")]}])
def test_nothing_said_is_nothing_to_answer_again(state: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="nothing has been said here yet"):
        answer_again(state)


def test_words_of_a_stranger_are_those_after_the_last_known_message() -> None:
    new = [HumanMessage("x", id="x"), HumanMessage("y", id="y")]
    assert [m.id for m in messages_after([AIMessage("a"), HI, *new], "h")] == ["y", "x"]
    assert [m.id for m in messages_after([AIMessage("a"), *new], None)] == ["y", "x"]
    assert [m.id for m in messages_after([HI, AIMessage("a"), *new], "h")] == ["y", "x"]
    assert messages_after([HI], "h") == []


def state(*messages: BaseMessage, **more: Any) -> State:
    return cast("State", {"messages": messages, **more})


def test_turn_begins_with_the_model_unless_it_was_refused() -> None:
    assert route_begun(state(HI, deadline=1.0)) == "call_model"
    assert route_begun(state(HI, failure("No.", "task_relay"), deadline=1.0)) == "end_turn"
    assert route_begun(state(HI, turned_away="Not yours.")) == "refuse"
    assert route_begun(state(HI)) == "call_model"


def test_question_is_asked_only_about_the_answer_that_it_was_made_for() -> None:
    question = Question(answer="m", places=[0], payload={})
    assert route_weighed(state(HI, calling("1"), asked=question)) == "confirm"
    other = Question(answer="of an earlier turn", places=[0], payload={})
    assert route_weighed(state(HI, calling("1"), asked=other)) == "run_tools"
    assert route_weighed(state(HI, calling("1"), asked=None)) == "run_tools"
    assert route_weighed(state(HI, calling("1"))) == "run_tools"


@pytest.mark.parametrize(("extra", "route"), [(0, "call_model"), (1, "stop")])
def test_model_that_calls_without_end_is_stopped(extra: int, route: str) -> None:
    ids = [str(number) for number in range(MOST_TOOL_CALLS + extra)]
    before = [calling("0"), result("0")]
    others = [calling("0", name="somebody"), *[result("0")] * 99]
    turn = [HI, *others, calling(*ids), *map(result, ids)]
    nodes = ToolNodes(lambda: None, TaskTools(lambda: None), US)  # type: ignore[arg-type,return-value]
    assert nodes.route_ran(state(HI, *before, *turn)) == route
    (told,) = nodes.stop(state(HI), {})["messages"]
    assert told.text.startswith(f"I stopped after {MOST_TOOL_CALLS} tool calls in one turn")
