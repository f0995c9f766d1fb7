"""What a turn has to ask about, and what an answer to the question does: the policy alone."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import pytest
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    ToolCall,
    ToolMessage,
)

from app.graph.answer_messages import declined
from app.graph.confirmation import answer_to, decide, decline_unknown_question, weigh
from app.graph.state import Question, State
from app.tasks import Status, Task, actions
from app.tools import PlannedChange

FROM_THREE = 3


def find_changes(calls: Sequence[ToolCall]) -> Mapping[int, PlannedChange]:
    """Find what each call deletes: the open tasks 1 to 9 that it names."""
    changes = {}
    for position, call in enumerate(calls):
        ids = call["args"].get("task_ids")
        tasks = tuple(
            Task(number, f"t{number}", Status.OPEN, datetime(2026, 3, 4, tzinfo=UTC), UUID(int=1))
            for number in (ids if isinstance(ids, list) else [])
            if number in range(1, 10)
        )
        if call["name"] == "delete_tasks" and tasks:
            changes[position] = PlannedChange(call["name"], call["args"], actions.DELETE, {}, tasks)
    return changes


def deletes(*ids: int, call_id: str = "c") -> ToolCall:
    return ToolCall(name="delete_tasks", args={"task_ids": list(ids)}, id=call_id)


def answer(message_id: str, *calls: ToolCall) -> AIMessage:
    return AIMessage("", id=message_id, tool_calls=list(calls))


def result(call_id: str = "c", status: Any = "success") -> ToolMessage:
    return ToolMessage("Deleted", tool_call_id=call_id, status=status)


def turn(*messages: BaseMessage, **known: list[int]) -> State:
    said = cast("list[AnyMessage]", [HumanMessage("tidy up"), *messages])
    return State(messages=said, weighed={key.replace("_", "/"): ids for key, ids in known.items()})


def question_of(state: State, confirm_from: int = FROM_THREE) -> Question | None:
    question: Question | None = weigh(state, find_changes, confirm_from).get("asked")
    return question


@pytest.mark.parametrize(
    ("calls", "asked"),
    [
        ([deletes(1, 2)], False),
        ([deletes(1, 2, 3)], True),
        ([deletes(1, 2), deletes(2, 1)], False),
        ([deletes(1, 2), deletes(2, 3)], True),
        ([deletes(1, 2, 99)], False),
    ],
)
def test_question_is_asked_from_the_number_of_different_tasks_on(
    calls: list[ToolCall], asked: bool
) -> None:
    assert (question_of(turn(answer("a", *calls))) is not None) == asked


@pytest.mark.parametrize(("confirm_from", "asked"), [(0, False), (1, True), (4, False)])
def test_setting_says_the_number(confirm_from: int, asked: bool) -> None:
    state = turn(answer("a", deletes(1, 2, 3)))
    assert (question_of(state, confirm_from) is not None) == asked


def test_question_names_the_changing_calls_by_their_position() -> None:
    adds = ToolCall(name="add_task", args={"title": "x"}, id="c0")
    question = question_of(turn(answer("a", adds, deletes(1, 2), deletes(99), deletes(3))))
    assert question is not None
    assert (question["answer"], question["places"]) == ("a", [1, 3])
    assert [request["description"] for request in question["payload"]["action_requests"]] == [
        "Delete #1 t1, #2 t2",
        "Delete #3 t3",
    ]
    assert question["payload"]["review_configs"] == [
        {"action_name": "delete_tasks", "allowed_decisions": ["approve", "edit", "reject"]}
    ]


REFUSED = result(status="error")
DECLINED = declined(deletes(1, 2, 3), "no")


@pytest.mark.parametrize(
    ("earlier", "asked"),
    [([result()], True), ([REFUSED], False), ([DECLINED], False), ([], False)],
    ids=["done", "failed", "declined", "without a result"],
)
def test_only_calls_that_ran_count_as_changes_of_the_turn(
    earlier: list[ToolMessage], asked: bool
) -> None:
    first, second = answer("a", deletes(1, 2)), answer("b", deletes(3))
    assert (question_of(turn(first, *earlier, second, a_0=[1, 2])) is not None) == asked


def test_what_ran_counts_as_it_was_weighed_then() -> None:
    first, second = answer("a", deletes(7)), answer("b", deletes(3))
    state = turn(first, result(), second, a_0=[1, 2])
    assert question_of(state) is not None
    assert weigh(state, find_changes, FROM_THREE)["weighed"] == {"a/0": [1, 2], "b/0": [3]}


def test_changes_of_the_turn_before_do_not_count() -> None:
    before = [answer("a", deletes(1, 2)), result(), AIMessage("Done."), HumanMessage("one more")]
    state = turn(*before, answer("b", deletes(3)), a_0=[1, 2])
    assert question_of(state) is None
    assert weigh(state, find_changes, FROM_THREE)["weighed"] == {"b/0": [3]}


def test_answer_that_changes_nothing_asks_nothing_though_the_turn_changed_much() -> None:
    first, second = answer("a", deletes(1, 2, 3)), answer("b", deletes(99))
    assert question_of(turn(first, result(), second, a_0=[1, 2, 3])) is None


def decision_on(answered: Any, *calls: ToolCall) -> dict[str, Any]:
    state = turn(answer("a", *calls), a_0=[1, 2, 3])
    question = question_of(state, 1)
    assert question is not None
    return decide(state, question, answered, find_changes)


def test_approval_changes_no_call() -> None:
    update = decision_on({"decisions": [{"type": "approve"}]}, deletes(1, 2, 3))
    assert update == {"declined": {"a": {}}, "asked": None}


def test_rejection_is_noted_by_position_with_its_reason() -> None:
    decisions = [{"type": "approve"}, {"type": "reject", "message": "keep"}, {"type": "reject"}]
    update = decision_on({"decisions": decisions}, deletes(1), deletes(99), deletes(2), deletes(3))
    assert update == {"declined": {"a": {2: "keep", 3: ""}}, "asked": None}


@pytest.mark.parametrize(
    "answered",
    [
        None,
        {},
        {"decisions": "approve"},
        {"decisions": []},
        {"decisions": [{"type": "approve"}] * 2},
        {"decisions": [None]},
        {"decisions": [{"type": "perhaps"}]},
        {"decisions": [{"type": "edit"}]},
        {"decisions": [{"type": "edit", "edited_action": "delete_tasks"}]},
        {"decisions": [{"type": "edit", "edited_action": {"name": "delete_tasks"}}]},
        {"decisions": [{"type": "edit", "edited_action": {"name": "delete_tasks", "args": [1]}}]},
        {"decisions": [{"type": "edit", "edited_action": {"name": None, "args": {}}}]},
    ],
)
def test_answer_that_cannot_be_read_declines_everything_in_words(answered: Any) -> None:
    update = decision_on(answered, deletes(1, 2, 3))
    assert update["declined"] == {"a": {0: "the answer to the question could not be read"}}
    assert "messages" not in update


def edited(name: str, args: dict[str, Any]) -> dict[str, Any]:
    action = {"name": name, "args": args}
    return decision_on({"decisions": [{"type": "edit", "edited_action": action}]}, deletes(1, 2, 3))


def test_edited_call_replaces_the_models_under_the_same_id() -> None:
    update = edited("delete_tasks", {"task_ids": [4]})
    (message,) = update["messages"]
    assert message.id == "a"
    assert message.tool_calls == [deletes(4) | {"type": "tool_call"}]
    assert update["weighed"] == {"a/0": [4]}


def test_edited_call_that_changes_nothing_counts_for_nothing() -> None:
    assert edited("list_tasks", {})["weighed"] == {}


def test_giant_integer_of_an_edit_becomes_text_that_every_store_keeps() -> None:
    (message,) = edited("delete_tasks", {"task_ids": [10**30, 2**63, 2**63 - 1, "\ud800"]})[
        "messages"
    ]
    assert message.tool_calls[0]["args"] == {"task_ids": [str(10**30), str(2**63), 2**63 - 1, "?"]}


def test_what_another_version_asked_is_declined_in_words() -> None:
    update = decline_unknown_question(turn(answer("a", deletes(1), deletes(2))))
    assert list(update["declined"]["a"]) == [0, 1]
    assert all("before an update" in reason for reason in update["declined"]["a"].values())


@pytest.mark.parametrize(
    ("decision", "sent"),
    [
        (True, [{"type": "approve"}] * 2),
        (False, [{"type": "reject"}] * 2),
        ("not today", [{"type": "reject", "message": "not today"}] * 2),
        ("caf\udce9", [{"type": "reject", "message": "caf?"}] * 2),
        ([{"type": "approve"}, {"n": 2**64}], [{"type": "approve"}, {"n": str(2**64)}]),
    ],
)
def test_decision_has_the_form_that_the_interrupt_takes(decision: Any, sent: Any) -> None:
    assert answer_to({"action_requests": [{}, {}]}, decision) == {"decisions": sent}
