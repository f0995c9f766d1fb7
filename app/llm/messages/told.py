"""Say which messages of a conversation are told to a model at all, and as whose words."""

from collections.abc import Sequence

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)

FAILED = "failed"
"""Key in `response_metadata` of an answer that only reports a failure."""

BLOCKED = "blocked"
"""Key in `response_metadata` of a failed answer whose turn was refused for what it says."""

DECLINED_BY = "declined_by"
"""Key in `response_metadata` of an answer: the models that declined the prompt for no reason,
before another gave it."""

_ATTEMPTS = "attempts"
"""Key in `response_metadata` under which the graph notes what each model said."""


_NOT_AGAIN = "(a message that is not told again)"


def told(messages: Sequence[BaseMessage], model: str = "") -> list[BaseMessage]:
    """Return what a model is told: no blocked turn, and the four usual kinds of messages only.

    Args:
        messages: The conversation.
        model: The model's name. What a person said in an earlier turn and it declined is not
            told to it again; what another model answered is.
    """
    usual = map(_usual, _without_declined(_without_blocked(messages), model))
    return [message for message in usual if message is not None]


def _without_declined(messages: Sequence[BaseMessage], model: str) -> list[BaseMessage]:
    kept = list(messages)
    turn_is_over = declined = False
    for at in range(len(kept) - 1, -1, -1):
        message = kept[at]
        if isinstance(message, HumanMessage):
            if turn_is_over and declined:
                kept[at] = HumanMessage(_NOT_AGAIN)
            turn_is_over, declined = True, False
        elif isinstance(message, AIMessage):
            by = message.response_metadata.get(DECLINED_BY)
            declined = declined or (isinstance(by, list) and model in by)
    return kept


def _without_blocked(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Leave out turns that were refused for what they say: told again, it is refused again."""
    kept: list[BaseMessage] = []
    for message in messages:
        if not _is_refusal(message):
            kept.append(message)
            continue
        while kept and (isinstance(kept[-1], ToolMessage) or getattr(kept[-1], "tool_calls", None)):
            kept.pop()
        while kept and isinstance(kept[-1], HumanMessage):
            kept.pop()
    return kept


def _is_refusal(message: BaseMessage) -> bool:
    """Say whether this ends a blocked turn; turns of before the mark tell it by their attempts."""
    metadata = message.response_metadata
    if not metadata.get(FAILED):
        return False
    attempts = metadata.get(_ATTEMPTS)
    last = attempts[-1] if isinstance(attempts, list) and attempts else None
    return bool(metadata.get(BLOCKED)) or (isinstance(last, dict) and last.get("kind") == "blocked")


def _usual(message: BaseMessage) -> BaseMessage | None:
    """Return a message as one of the four usual kinds; None where nobody said it."""
    if isinstance(message, HumanMessage | SystemMessage | AIMessage | ToolMessage):
        return message
    if isinstance(message, FunctionMessage | RemoveMessage):
        return None
    role = message.role.lower() if isinstance(message, ChatMessage) else ""
    if role in ("assistant", "ai", "model"):
        return AIMessage(message.text)
    return SystemMessage(message.text) if role == "system" else HumanMessage(message.content)
