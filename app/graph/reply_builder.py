"""Read a reply out of a finished turn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import AnyMessage

from ..llm import FAILED, MODEL, OFFLINE, PROVIDER, RAN_COMMAND
from ..reply import Reply
from .answer_messages import ATTEMPTS, DECLINED, FAILOVER, NO_MODEL
from .stream_events import INTERRUPT
from .turn import calls_in, current_turn, last_answer


def reply_of(state: Mapping[str, Any], user_id: str, thread_id: str) -> Reply:
    """Return what the last turn of a conversation came to, or what it waits for.

    Args:
        state: The graph's state as its run left it.
        user_id: Whose conversation.
        thread_id: Their name for it.
    """
    reply = _reply(state["messages"], user_id, thread_id)
    paused = state.get(INTERRUPT)
    if not paused:
        return reply
    question = paused[0].value
    requests = [f"- {request['description']}" for request in question["action_requests"]]
    text = "\n".join(["This needs your word before it happens:", *requests])
    return replace(reply, ok=True, reply=text, no_model=False, confirmation=question)


def _reply(messages: Sequence[AnyMessage], user_id: str, thread_id: str) -> Reply:
    turn = current_turn(messages)
    answer = last_answer(turn)
    calls = calls_in(turn)
    metadata = answer.response_metadata
    stranded = metadata.get(PROVIDER) == OFFLINE and not any(
        message.response_metadata.get(RAN_COMMAND) for message in turn
    )
    return Reply(
        ok=not metadata.get(FAILED) and not stranded,
        reply=answer.text,
        user_id=user_id,
        thread_id=thread_id,
        provider=metadata.get(PROVIDER),
        model=metadata.get(MODEL),
        attempts=tuple(
            attempt for message in turn for attempt in message.response_metadata.get(ATTEMPTS, ())
        ),
        tool_calls=tuple(
            {"name": call.name, "args": call.args, "result": call.result and call.result.text}
            for call in calls
        ),
        no_model=stranded or metadata.get(FAILED) == NO_MODEL,
        notice=metadata.get(FAILOVER, ""),
        declined=any(
            call.result is not None and call.result.artifact == DECLINED for call in calls
        ),
    )
