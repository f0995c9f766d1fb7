"""Read a turn out of a conversation: everything from the person's last message on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)

from ..errors import InputError


def current_turn(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """Return the last message of the person and all that came after it."""
    for position in range(len(messages) - 1, -1, -1):
        if isinstance(messages[position], HumanMessage):
            return list(messages[position:])
    return list(messages)


def question_in(messages: Sequence[AnyMessage]) -> int | None:
    """Return the position of the person's last message; None where no person speaks.

    In some hosts' graphs one agent tells another something as if it were a person; such a
    message has the name of an agent that speaks elsewhere in the conversation.
    """
    agents = {message.name for message in messages if isinstance(message, AIMessage)} - {None}
    for position in range(len(messages) - 1, -1, -1):
        message = messages[position]
        if isinstance(message, HumanMessage) and message.name not in agents:
            return position
    return None


def own_exchange(messages: Sequence[AnyMessage], name: str) -> list[AnyMessage]:
    """Return the person's last message, and what our agent said and did about it so far.

    In a host's graph there may be more behind the message: a hand-off with its result, another
    agent's words. None of that is ours.

    Args:
        messages: The conversation.
        name: Our agent's name, which all its answers carry.
    """
    position = question_in(messages)
    if position is None:
        return []
    return [messages[position], *own_messages(messages[position + 1 :], name)]


def own_messages(messages: Sequence[AnyMessage], name: str) -> list[AnyMessage]:
    """Return the answers of our agent, and the results of the calls in them.

    Args:
        messages: The conversation, or a part of it.
        name: Our agent's name.
    """
    results = {
        id(call.result) for call in calls_in(messages) if call.answer.name == name and call.result
    }
    return [
        message
        for message in messages
        if id(message) in results or (isinstance(message, AIMessage) and message.name == name)
    ]


def answer_again(state: Mapping[str, Any]) -> list[BaseMessage]:
    """Return what to say to a thread so that its last message is answered once more.

    Its last answer goes; tool calls that ran stay, with their results.

    Raises:
        InputError: Nothing has been said in it yet.
    """
    messages = state.get("messages", [])
    if not any(isinstance(message, HumanMessage) for message in messages):
        raise InputError("There is nothing to answer again: nothing has been said here yet.")
    last = last_answer(messages)
    return [RemoveMessage(id=last.id)] if last.id and not last.tool_calls else []


def messages_after(messages: Sequence[AnyMessage], message_id: str | None) -> list[AnyMessage]:
    """Return the person's messages at the end of a conversation, the last one first.

    Args:
        messages: The conversation.
        message_id: The known message that they came after, if there is one.
    """
    strays: list[AnyMessage] = []
    for message in reversed(messages):
        if message.id == message_id or not isinstance(message, HumanMessage):
            break
        strays.append(message)
    return strays


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call of an answer, its place in it, and its result once there is one."""

    answer: AIMessage
    position: int
    name: str
    args: dict[str, Any]
    id: str
    result: ToolMessage | None = None


def calls_in(messages: Sequence[BaseMessage]) -> list[Call]:
    """Return every tool call in some messages, in order, each with its result.

    An id pairs a call with a result only between one answer and the next: providers use
    the same id again.
    """
    calls: list[Call] = []
    begin = 0
    for message in messages:
        if isinstance(message, AIMessage):
            begin = len(calls)
            calls += [
                Call(message, position, call["name"], call["args"], call["id"] or "")
                for position, call in enumerate(message.tool_calls)
            ]
        elif isinstance(message, ToolMessage):
            for n in range(begin, len(calls)):
                if calls[n].id == message.tool_call_id and calls[n].result is None:
                    calls[n] = replace(calls[n], result=message)
                    break
    return calls


def calls_run(exchange: Sequence[AnyMessage]) -> int:
    """Return how many tool calls of an exchange have a result."""
    return sum(isinstance(message, ToolMessage) for message in exchange)


def beyond_window(messages: Sequence[AnyMessage], window: int) -> list[AnyMessage]:
    """Return the messages before the last exchanges.

    Args:
        messages: The conversation.
        window: How many exchanges stay; each begins with a message of the person.
    """
    begins = [n for n, message in enumerate(messages) if isinstance(message, HumanMessage)]
    return list(messages[: begins[-window]]) if len(begins) > window else []


def within_window(messages: Sequence[AnyMessage], window: int) -> list[AnyMessage]:
    """Return what a model is sent: the last exchanges, the current one, and what a host prompts.

    A host's own thread isn't cut as ours are, so that it is cut here.

    Args:
        messages: The conversation.
        window: How many exchanges stay beside the current one.
    """
    gone = beyond_window(messages, window + 1)
    prompts = [message for message in gone if isinstance(message, SystemMessage)]
    return [*prompts, *messages[len(gone) :]]


def last_answer(messages: Sequence[AnyMessage]) -> AIMessage:
    """Return the conversation's last message as an answer; empty when it is none."""
    last = messages[-1] if messages else None
    return last if isinstance(last, AIMessage) else AIMessage(content="")
