"""Weigh what a run brings before LangGraph merges and stores it.

LangGraph stores a run's input before the first step of the graph. What is too much is replaced by a
message that says so, which the first step answers and removes.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import uuid4

from langchain_core.messages import HumanMessage
from langgraph.types import Command

from ...errors import InputError
from ...intake import IntakeLimits
from ...settings import Settings

_REFUSED = "task_relay_refused"
"""Key in `additional_kwargs` of the message in place of one that was too much."""


def limits_of(settings: Settings) -> IntakeLimits:
    """Return what a message may be at most."""
    return IntakeLimits(settings.max_message_chars, settings.max_attachment_bytes)


def admitted(given: Any, limits: IntakeLimits, *, nested: bool) -> Any:
    """Return a run's input, or what says in its place that it is too much.

    Args:
        given: The input: a state, a command, or None.
        limits: What it may be at most.
        nested: Whether it is a host's state, of which only the person's newest words are judged.
    """
    if isinstance(given, Command):
        return _admitted_command(given, limits)
    if not isinstance(given, Mapping) or "messages" not in given:
        return given
    messages = given["messages"]
    listed = messages if isinstance(messages, list) else [messages]
    refusal = limits.refusal_of_all(_said_last(listed) if nested else listed)
    if refusal is None:
        return given
    return {**given, "messages": [_stand_in(refusal)]}


def _said_last(messages: list[Any]) -> list[Any]:
    humans = (message for message in reversed(messages) if isinstance(message, HumanMessage))
    return [*islice(humans, 1)]


def refuse_updates(supersteps: Any, limits: IntakeLimits) -> None:
    """Refuse an edit of a thread that is too much.

    Args:
        supersteps: What is written, as LangGraph's `bulk_update_state` takes it.
        limits: What a message may be at most.

    Raises:
        InputError: It is too much; nothing was changed.
    """
    for update in (each for updates in supersteps for each in updates):
        values = update.values
        messages = values.get("messages") if isinstance(values, Mapping) else None
        refusal = (
            limits.refusal_of_all(messages)
            if isinstance(messages, list)
            else limits.refusal(messages)
        )
        if refusal:
            raise InputError(refusal)


def refusal_in(message: Any) -> str | None:
    """Return why the message was refused that this one stands in for."""
    told = message.additional_kwargs.get(_REFUSED) if isinstance(message, HumanMessage) else None
    return told if isinstance(told, str) else None


def _admitted_command(command: Command[Any], limits: IntakeLimits) -> Command[Any]:
    """Return a command; an answer that is too much can't be read, so that it declines."""
    if limits.refusal(command.resume) is not None:
        command = replace(command, resume="")
    if command.update is not None and (refusal := limits.refusal(command.update)):
        command = replace(command, update={"messages": [_stand_in(refusal)]})
    return command


def _stand_in(refusal: str) -> HumanMessage:
    return HumanMessage("", id=str(uuid4()), additional_kwargs={_REFUSED: refusal})
