"""Trim a conversation to what one provider's limits admit: whole exchanges, newest kept."""

import json
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

CHARACTERS_A_TOKEN = 3.5
_WIDE_SCRIPTS = 0x2E80
_OVERHEAD = 4


def estimate_tokens(messages: Sequence[BaseMessage]) -> int:
    """Return about how many tokens messages cost: characters / 3.5, wide scripts one each.

    The ratio was calibrated on o200k with this program's prompt, tools and result lines.
    """
    return sum(_of_message(message) for message in messages)


def fit(messages: Sequence[BaseMessage], budget: int | None) -> list[BaseMessage]:
    """Drop the oldest exchanges until the rest fits; None drops nothing.

    An exchange is a message of the person and all up to their next one. The system prompt
    and the current exchange, with its open tool calls, stay even where they alone exceed
    the budget.

    Args:
        messages: The conversation, with the system prompt.
        budget: The most tokens, as `estimate_tokens` counts them.
    """
    if budget is None:
        return list(messages)
    head = [message for message in messages if isinstance(message, SystemMessage)]
    exchanges = _exchanges([m for m in messages if not isinstance(m, SystemMessage)])
    left = budget - estimate_tokens(head)
    kept: list[list[BaseMessage]] = []
    for exchange in reversed(exchanges):
        left -= estimate_tokens(exchange)
        if left < 0 and kept:
            break
        kept.append(exchange)
    return [*head, *(message for exchange in reversed(kept) for message in exchange)]


def tighter(messages: Sequence[BaseMessage]) -> int:
    """Return the budget for one more try, after the provider found these messages too long."""
    return estimate_tokens(messages) // 2


def _exchanges(messages: Sequence[BaseMessage]) -> list[list[BaseMessage]]:
    exchanges: list[list[BaseMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage) or not exchanges:
            exchanges.append([])
        exchanges[-1].append(message)
    return exchanges


def _of_message(message: BaseMessage) -> int:
    text = str(message.text)
    if isinstance(message, AIMessage) and message.tool_calls:
        text += "".join(call["name"] + json.dumps(call["args"]) for call in message.tool_calls)
    wide = sum(ord(character) >= _WIDE_SCRIPTS for character in text)
    return _OVERHEAD + wide + round((len(text) - wide) / CHARACTERS_A_TOKEN)
