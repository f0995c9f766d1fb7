"""Ask the person before a turn changes many tasks, and before any tool of that answer runs.

The question and its answer have the form of LangChain's human-in-the-loop middleware, which
Studio, agent-chat-ui and agent-inbox know: `action_requests` with `review_configs`, and
`decisions` to approve, edit or reject, one for each request.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage

from ..tasks import Owner, TaskService
from ..tools import Write, is_write, write_of
from .answer_messages import kept, storable
from .state import Question, State
from .turn import Call, calls_in, current_turn, last_answer

_ALLOWED = ("approve", "edit", "reject")
_UNREADABLE = "the answer to the question could not be read"
_UNKNOWN = "it was asked before an update of Task Relay; call the tool again, to ask anew"
NOBODY_TO_ASK = "nobody could be asked, because this graph keeps no threads (no checkpointer)"


Decision = bool | str | Sequence[Mapping[str, Any]]


def weighed(state: State, service: TaskService, owner: Owner, confirm_from: int) -> dict[str, Any]:
    """Return the change of the state that weighing the last answer makes.

    It notes which tasks each call would change, and what has to be asked before any runs. What
    the turn has changed before counts as well, as it was weighed then: a title that named an
    open task no longer does once that task is done.

    Args:
        state: The conversation.
        service: Knows the tasks.
        owner: Whose they are.
        confirm_from: From how many tasks on a turn has to ask; 0 is never.
    """
    answer = last_answer(state["messages"])
    if not confirm_from:
        return {}
    calls = calls_in(current_turn(state["messages"]))
    known = state.get("weighed", {})
    before = {_name(call): known.get(_name(call), []) for call in calls if _has_run(call)}
    writes = _writes(answer, service, owner)
    pending = {_place(answer, place): _ids(write) for place, write in writes.items()}
    changed = {task_id for ids in (before | pending).values() for task_id in ids}
    asked = _question(answer, writes) if writes and len(changed) >= confirm_from else None
    return {"weighed": before | pending, "asked": asked}


def decided(
    state: State, question: Question, answered: Any, service: TaskService, owner: Owner
) -> dict[str, Any]:
    """Return the change of the state that an answer to the question makes.

    Declined calls are noted; edited ones take the place of what the model called.
    """
    answer = last_answer(state["messages"])
    calls = [dict(call) for call in answer.tool_calls]
    reasons: dict[int, str] = {}
    decisions = _decisions(answered, len(question["places"]))
    for place, decision in zip(question["places"], decisions, strict=True):
        if decision["type"] == "reject":
            reasons[place] = str(decision.get("message") or "")
        elif decision["type"] == "edit":
            edited = decision["edited_action"]
            calls[place] |= {"name": str(edited["name"]), "args": dict(edited["args"])}
    update: dict[str, Any] = {"declined": {str(answer.id): reasons}, "asked": None}
    if calls != answer.tool_calls:
        changed = storable(answer.model_copy(update={"tool_calls": calls}))
        writes = _writes(changed, service, owner)
        pending = {_place(changed, place): _ids(write) for place, write in writes.items()}
        update |= {"messages": [changed], "weighed": {**state.get("weighed", {}), **pending}}
    return update


def asked_by_another_version(state: State) -> dict[str, Any]:
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
    if isinstance(decision, str):
        each = {"type": "reject", "message": decision}
    elif isinstance(decision, bool):
        each = {"type": "approve"} if decision else {"type": "reject"}
    else:
        return {"decisions": [kept(dict(one)) for one in decision]}
    return {"decisions": [kept(each)] * len(payload["action_requests"])}


def all_declined(question: Question, reason: str) -> dict[str, Any]:
    """Return the answer to a question that nobody could be asked."""
    return answer_to(question["payload"], reason)


def _writes(answer: AIMessage, service: TaskService, owner: Owner) -> dict[int, Write]:
    """Return the calls of an answer that would change existing tasks, by place."""
    writes = {
        place: write_of(service, owner, call["name"], call["args"])
        for place, call in enumerate(answer.tool_calls)
        if is_write(call["name"])
    }
    return {place: write for place, write in writes.items() if write.tasks}


def _question(answer: AIMessage, writes: Mapping[int, Write]) -> Question:
    names = dict.fromkeys(write.name for write in writes.values())
    requests = [
        {"name": write.name, "args": dict(write.args), "description": write.description}
        for write in writes.values()
    ]
    reviews = [{"action_name": name, "allowed_decisions": list(_ALLOWED)} for name in names]
    payload = {"action_requests": requests, "review_configs": reviews}
    return Question(answer=str(answer.id), places=list(writes), payload=payload)


def _ids(write: Write) -> list[int]:
    return [task.id for task in write.tasks]


def _name(call: Call) -> str:
    return _place(call.answer, call.position)


def _place(answer: AIMessage, place: int) -> str:
    """Return the name of a call in the state; the provider's ids repeat within a thread."""
    return f"{answer.id}/{place}"


def _has_run(call: Call) -> bool:
    return call.result is not None and call.result.status != "error"


def _decisions(answered: Any, count: int) -> list[Mapping[str, Any]]:
    """Return one decision for each request; an answer that can't be read declines them all."""
    decisions = answered.get("decisions") if isinstance(answered, Mapping) else None
    if not isinstance(decisions, list) or len(decisions) != count:
        decisions = [None] * count
    if all(map(_is_decision, decisions)):
        return decisions
    return [{"type": "reject", "message": _UNREADABLE}] * count


def _is_decision(decision: Any) -> bool:
    if not isinstance(decision, Mapping) or decision.get("type") not in _ALLOWED:
        return False
    if decision["type"] != "edit":
        return True
    edited = decision.get("edited_action")
    return (
        isinstance(edited, Mapping)
        and isinstance(edited.get("name"), str)
        and isinstance(edited.get("args"), Mapping)
    )
