"""What a reply tells of a finished turn."""

from types import SimpleNamespace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage

from app.graph import reply_of
from app.graph.answer_messages import ATTEMPTS, FAILOVER, NO_MODEL, declined, failure
from app.llm import MODEL, OFFLINE, PROVIDER, RAN_COMMAND
from app.reply import Reply

CALL = ToolCall(name="add_task", args={"title": "x"}, id="c")
BY_GROQ = {PROVIDER: "groq", MODEL: "oss"}


def reply(*messages: BaseMessage, **state: Any) -> Reply:
    return reply_of({"messages": [HumanMessage("hi"), *messages], **state}, "ann", "main")


def test_answer_names_who_gave_it_and_every_attempt_of_the_turn() -> None:
    old = AIMessage("Old.", response_metadata={ATTEMPTS: ["of another turn"]})
    calling = AIMessage("", tool_calls=[CALL], response_metadata={ATTEMPTS: [{"n": 1}, {"n": 2}]})
    metadata = BY_GROQ | {ATTEMPTS: [{"n": 3}], FAILOVER: "Gemini was busy."}
    done = AIMessage("Added.", response_metadata=metadata)
    told = reply(
        old, HumanMessage("add x"), calling, ToolMessage("Added #1 x", tool_call_id="c"), done
    )
    assert told == Reply(
        ok=True,
        reply="Added.",
        user_id="ann",
        thread_id="main",
        provider="groq",
        model="oss",
        attempts=({"n": 1}, {"n": 2}, {"n": 3}),
        tool_calls=({"name": "add_task", "args": {"title": "x"}, "result": "Added #1 x"},),
        notice="Gemini was busy.",
    )


@pytest.mark.parametrize(("outcome", "no_model"), [(NO_MODEL, True), ("refused", False)])
def test_failure_is_not_ok_and_says_whether_it_is_an_outage(outcome: str, no_model: bool) -> None:
    told = reply(failure("Nobody is there.", "task_relay", outcome))
    assert (told.ok, told.no_model, told.provider) == (False, no_model, None)


@pytest.mark.parametrize("ran", [True, False])
def test_last_resort_is_ok_only_where_it_carried_out_a_command(ran: bool) -> None:
    calling = AIMessage("", tool_calls=[CALL], response_metadata={RAN_COMMAND: ran})
    answered = AIMessage("x", response_metadata={PROVIDER: OFFLINE, RAN_COMMAND: False})
    told = reply(calling, ToolMessage("done", tool_call_id="c"), answered)
    assert (told.ok, told.no_model, told.provider) == (ran, not ran, OFFLINE)


@pytest.mark.parametrize(
    ("result", "is_declined", "text"),
    [
        (declined(CALL, "keep it"), True, "Declined: keep it. This call changed nothing"),
        (ToolMessage("No.", tool_call_id="c", status="error"), False, "No."),
        (None, False, None),
    ],
    ids=["declined", "refused", "without a result"],
)
def test_declined_is_told_apart_from_what_failed(
    result: ToolMessage | None, is_declined: bool, text: str | None
) -> None:
    messages = [AIMessage("", tool_calls=[CALL]), *([result] if result else []), AIMessage("Ok.")]
    told = reply(*messages)
    assert told.declined is is_declined
    given = told.tool_calls[0]["result"]
    assert given is None if text is None else given.startswith(text)


def test_paused_turn_asks_its_question_and_is_ok() -> None:
    question = {"action_requests": [{"description": "Delete #1 a"}, {"description": "Skip #2 b"}]}
    told = reply(
        failure("No.", "task_relay", NO_MODEL), __interrupt__=[SimpleNamespace(value=question)]
    )
    assert (told.ok, told.no_model, told.confirmation) == (True, False, question)
    assert told.reply.splitlines() == [
        "This needs your word before it happens:",
        "- Delete #1 a",
        "- Skip #2 b",
    ]


def test_turn_without_an_answer_is_an_empty_reply() -> None:
    assert reply_of({"messages": []}, "ann", "main").reply == ""
    assert reply().reply == ""
