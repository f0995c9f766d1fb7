"""Make the answers that the graph itself gives, and name the marks that answers carry."""

from collections.abc import Collection, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage

from ..llm import CUT, FAILED, NOTICE

ATTEMPTS = "attempts"
"""Key in `response_metadata`: the attempts of the model call, as a reply tells them."""

FAILOVER = "failover"
"""Key in `response_metadata`: the quiet line about who failed before this answer."""

CUT_GAP = "\n\n"
"""What stands between an answer and the line that says that it was cut."""

NO_MODEL = "no_model"
REFUSED = "refused"
"""What the mark of a failed answer says: no model could answer, or the turn was refused."""


DECLINED = "declined"
"""Artifact of the result of a call that the person declined."""


def declined(call: ToolCall, reason: str) -> ToolMessage:
    """Return the result of a call that the person declined.

    Args:
        call: The call.
        reason: In their words; may be empty.
    """
    because = f": {reason}" if reason else ""
    text = f"Declined{because}. This call changed nothing; don't repeat it."
    return not_run(call, text, DECLINED)


def not_run(call: ToolCall, text: str, artifact: str | None = None) -> ToolMessage:
    """Return the result of a call that wasn't carried out.

    Args:
        call: The call.
        text: Why, for the model.
        artifact: A mark for ourselves.
    """
    return ToolMessage(
        text,
        name=call["name"],
        tool_call_id=call["id"] or "",
        status="error",
        artifact=artifact,
    )


def failure(sentence: str, name: str, outcome: str = REFUSED) -> AIMessage:
    """Return an answer that only reports a failure; models never get to see it.

    Args:
        sentence: For the person.
        name: Our agent's name.
        outcome: `NO_MODEL` or `REFUSED`.
    """
    return AIMessage(content=sentence, name=name, response_metadata={FAILED: outcome})


def storable_answer(answer: AIMessage) -> AIMessage:
    """Return an answer that every checkpointer can keep.

    A model may send integers past 64 bits and halves of surrogate pairs; no store takes them.
    """
    calls = [{**call, "args": storable_json(call["args"])} for call in answer.tool_calls]
    content = storable_json(answer.content)
    if calls == answer.tool_calls and content == answer.content:
        return answer
    return answer.model_copy(update={"tool_calls": calls, "content": content})


def storable_json(value: Any, depth: int = 0) -> Any:
    """Return a value of JSON as every checkpointer can keep it.

    Args:
        value: The value, or one inside it.
        depth: How deep inside; no tool takes anything that is nested far.
    """
    if depth > _DEEPEST:
        return "..."
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return value if -_LARGEST <= value < _LARGEST else str(value)
    if isinstance(value, dict):
        return {storable_json(k): storable_json(inner, depth + 1) for k, inner in value.items()}
    return [storable_json(one, depth + 1) for one in value] if isinstance(value, list) else value


_LARGEST = 2**63
_DEEPEST = 50


def under_notice(answer: AIMessage, notice: str) -> AIMessage:
    """Return an answer below the words about an outage.

    Args:
        answer: The answer; one that calls tools stays as it is.
        notice: The words; may be empty.
    """
    if not notice or answer.tool_calls:
        return answer
    metadata = answer.response_metadata | {NOTICE: notice}
    text = f"{notice}\n\n{answer.text}"
    return answer.model_copy(update={"content": text, "response_metadata": metadata})


def above_cut(answer: AIMessage) -> AIMessage:
    """Return an answer with the line below it that says that it was cut, where it was."""
    line = answer.response_metadata.get(CUT)
    if not line:
        return answer
    return answer.model_copy(update={"content": f"{answer.text}{CUT_GAP}{line}"})


def with_changes(sentence: str, turn: Sequence[BaseMessage], writing: Collection[str]) -> str:
    """Return the sentence about a turn that failed, with what its tools had changed before.

    Args:
        sentence: For the person.
        turn: The turn so far.
        writing: The names of the tools that change something.
    """
    done = [
        message.text
        for message in turn
        if isinstance(message, ToolMessage) and message.name in writing
        if message.status != "error" and message.text.strip()
    ]
    return "\n".join([f"{sentence}\n\nBefore that this was done:", *done]) if done else sentence
