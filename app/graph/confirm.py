"""Ask the person before a turn changes many tasks, and before any tool of that answer runs.

The question and its answer have the form of LangChain's human-in-the-loop middleware, which
Studio, agent-chat-ui and agent-inbox know: `action_requests` with `review_configs`, and
`decisions` to approve, edit or reject, one for each request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage

from app.graph.state import State
from app.graph.turn import Call, calls_in, current_turn, last_answer
from app.tasks import Owner, TaskService
from app.tools import Write, is_write, named_by, write_of

_ALLOWED = ("approve", "edit", "reject")
_UNREADABLE = "the answer to the question could not be read"
NOBODY_TO_ASK = "nobody could be asked, because this graph keeps no threads (no checkpointer)"


Decision = bool | str | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the places of the calls in the answer, and what each would change."""

    answer: AIMessage
    places: tuple[int, ...]
    writes: tuple[Write, ...]

    def payload(self) -> dict[str, Any]:
        """Return the question as the interrupt carries it."""
        names = dict.fromkeys(write.name for write in self.writes)
        return {
            "action_requests": [
                {"name": write.name, "args": dict(write.args), "description": write.description}
                for write in self.writes
            ],
            "review_configs": [
                {"action_name": name, "allowed_decisions": list(_ALLOWED)} for name in names
            ],
        }


def question_of(
    state: State, service: TaskService, owner: Owner, confirm_from: int
) -> Question | None:
    """Return what has to be asked before the last answer's calls run; None when nothing.

    What the turn has changed before counts as well.

    Args:
        state: The conversation.
        service: Knows the tasks.
        owner: Whose they are.
        confirm_from: From how many tasks on a turn has to ask; 0 is never.
    """
    answer = last_answer(state["messages"])
    calls = calls_in(current_turn(state["messages"]))
    pending = [call for call in calls if call.answer is answer and is_write(call.name)]
    if not confirm_from or not pending:
        return None
    writes = {call.position: write_of(service, owner, call.name, call.args) for call in pending}
    writes = {position: write for position, write in writes.items() if write.tasks}
    changed = {task.id for write in writes.values() for task in write.tasks}
    changed |= _changed_before(calls, service, owner)
    if not writes or len(changed) < confirm_from:
        return None
    return Question(answer, tuple(writes), tuple(writes.values()))


def decided(question: Question, answered: Any) -> dict[str, Any]:
    """Return the change of the state that an answer to the question makes.

    Declined calls are noted; edited ones take the place of what the model called.
    """
    decisions = _decisions(answered, len(question.places))
    calls = [dict(call) for call in question.answer.tool_calls]
    reasons: dict[int, str] = {}
    for place, decision in zip(question.places, decisions, strict=True):
        if decision["type"] == "reject":
            reasons[place] = str(decision.get("message") or "")
        elif decision["type"] == "edit":
            edited = decision["edited_action"]
            calls[place] |= {"name": str(edited["name"]), "args": dict(edited["args"])}
    update: dict[str, Any] = {"declined": {str(question.answer.id): reasons}}
    if calls != question.answer.tool_calls:
        update["messages"] = [question.answer.model_copy(update={"tool_calls": calls})]
    return update


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
        return {"decisions": [dict(one) for one in decision]}
    return {"decisions": [each] * len(payload["action_requests"])}


def declined_all(question: Question, reason: str) -> dict[str, Any]:
    """Return the change of the state that declining everything makes."""
    reject = {"type": "reject", "message": reason}
    return decided(question, {"decisions": [reject] * len(question.places)})


def _changed_before(calls: Sequence[Call], service: TaskService, owner: Owner) -> set[int]:
    """Return the tasks that earlier calls of the turn have changed."""
    ran = [
        call
        for call in calls
        if is_write(call.name) and call.result is not None and call.result.status != "error"
    ]
    return {task.id for call in ran for task in named_by(service, owner, call.name, call.args)}


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
