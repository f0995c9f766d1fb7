"""Ask the person before a turn changes many tasks, and before any tool of that answer runs.

The question and its answer have the form of LangChain's human-in-the-loop middleware, which
Studio, agent-chat-ui and agent-inbox know: `action_requests` with `review_configs`, and
`decisions` to approve, edit or reject, one for each request.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, ToolCall

from ..tools import PlannedChange
from .answer_messages import storable_answer, storable_json
from .decisions import verdicts
from .state import Question, State
from .turn import Call, calls_in, current_turn, last_answer

_ALLOWED = ("approve", "edit", "reject")
_UNKNOWN = "it was asked before an update of Task Relay; call the tool again, to ask anew"
NOBODY_TO_ASK = "nobody could be asked, because this graph keeps no threads (no checkpointer)"


Decision = bool | str | Sequence[Mapping[str, Any]]

FindChanges = Callable[[Sequence[ToolCall]], Mapping[int, PlannedChange]]
"""Returns the calls that would change existing tasks now, by their position in the answer."""


def weigh(state: State, find_changes: FindChanges, confirm_from: int) -> dict[str, Any]:
    """Return the change of the state that weighing the last answer makes.

    It notes which tasks each call would change, and what has to be asked before any runs. What
    the turn has changed before counts as well, as it was weighed then: a title that named an
    open task no longer does once that task is done.

    Args:
        state: The conversation.
        find_changes: Knows the tools and the tasks.
        confirm_from: From how many tasks on a turn has to ask; 0 is never.
    """
    answer = last_answer(state["messages"])
    if not confirm_from:
        return {}
    calls = calls_in(current_turn(state["messages"]))
    known = state.get("weighed", {})
    keys = [_key(call.answer, call.position) for call in calls if _has_run(call)]
    before = {key: known.get(key, []) for key in keys}
    changes = find_changes(answer.tool_calls)
    pending = _task_ids(answer, changes)
    changed = {task_id for ids in (before | pending).values() for task_id in ids}
    question = _question(answer, changes) if changes and len(changed) >= confirm_from else None
    return {"weighed": before | pending, "asked": question}


def decide(
    state: State, question: Question, answered: Any, find_changes: FindChanges
) -> dict[str, Any]:
    """Return the change of the state that an answer to the question makes.

    Declined calls are noted; edited ones replace what the model called.

    Args:
        state: The conversation.
        question: What was asked.
        answered: What came back, in any form that `verdicts` reads.
        find_changes: Knows the tools and the tasks.
    """
    answer = last_answer(state["messages"])
    calls = [dict(call) for call in answer.tool_calls]
    reasons: dict[int, str] = {}
    decided = verdicts(answered, len(question["places"]))
    for position, verdict in zip(question["places"], decided, strict=True):
        if not verdict.approved:
            reasons[position] = str(storable_json(verdict.words))
        elif verdict.edit is not None:
            calls[position] |= {"name": verdict.edit.name, "args": verdict.edit.args}
    update: dict[str, Any] = {"declined": {str(answer.id): reasons}, "asked": None}
    if calls != answer.tool_calls:
        changed = storable_answer(answer.model_copy(update={"tool_calls": calls}))
        meant = {_key(answer, position) for position in range(len(calls))}
        others = {key: ids for key, ids in state.get("weighed", {}).items() if key not in meant}
        pending = _task_ids(changed, find_changes(changed.tool_calls))
        update |= {"messages": [changed], "weighed": others | pending}
    return update


def decline_unknown_question(state: State) -> dict[str, Any]:
    """Decline the last answer's calls: what the person was asked about them is not known."""
    answer = last_answer(state["messages"])
    reasons = dict.fromkeys(range(len(answer.tool_calls)), _UNKNOWN)
    return {"declined": {str(answer.id): reasons}}


def answer_to(payload: Mapping[str, Any], decision: Decision) -> dict[str, Any]:
    """Return the answer to a question, as the interrupt takes it.

    Args:
        payload: The question.
        decision: True approves all of it, False declines all of it, a text declines it with
            that as the reason; a list has a decision for each request.
    """
    if not isinstance(decision, bool | str):
        return {"decisions": [storable_json(dict(each)) for each in decision]}
    if isinstance(decision, str):
        same = {"type": "reject", "message": decision}
    else:
        same = {"type": "approve"} if decision else {"type": "reject"}
    return {"decisions": [storable_json(same)] * len(payload["action_requests"])}


def all_declined(question: Question, reason: str) -> dict[str, Any]:
    """Return the answer to a question that nobody could be asked.

    Args:
        question: What would have been asked.
        reason: Why it could not be; the model reads it.
    """
    return answer_to(question["payload"], reason)


def _question(answer: AIMessage, changes: Mapping[int, PlannedChange]) -> Question:
    names = dict.fromkeys(change.name for change in changes.values())
    requests = [
        {"name": change.name, "args": dict(change.args), "description": change.description}
        for change in changes.values()
    ]
    reviews = [{"action_name": name, "allowed_decisions": list(_ALLOWED)} for name in names]
    payload = {"action_requests": requests, "review_configs": reviews}
    return Question(answer=str(answer.id), places=list(changes), payload=payload)


def _task_ids(answer: AIMessage, changes: Mapping[int, PlannedChange]) -> dict[str, list[int]]:
    """Return the ids of the tasks that each call would change, by the call's name in the state."""
    return {
        _key(answer, position): [task.id for task in change.tasks]
        for position, change in changes.items()
    }


def _key(answer: AIMessage, position: int) -> str:
    """Return the name of a call in the state; the provider's ids repeat within a thread."""
    return f"{answer.id}/{position}"


def _has_run(call: Call) -> bool:
    return call.result is not None and call.result.status != "error"
