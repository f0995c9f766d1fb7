"""Shape a conversation into what each provider accepts, whoever produced its messages.

The stored messages are never changed. What every provider gets: each tool call followed
by its results, each result after its call, ids that no two calls share, and no message
that marks a failed turn. Sources: the function calling and thought signature pages of the
Gemini API, and the chat completions reference of the Groq API.
"""

import base64
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

FAILED = "failed"
"""Key in `response_metadata` of an answer that only reports a failure."""

NOTICE = "notice"
"""Key in `response_metadata` of the words about an outage that head an answer's text."""

PROVIDER = "provider"
"""Key in `response_metadata` of the place in the chain that gave the answer."""

_LOST_RESULT = (
    "Interrupted before a result was recorded. It may have been done: look before you repeat it."
)
_NO_TEXT = "(a message without text)"
SIGNATURES = "__gemini_function_call_thought_signatures__"
"""Key in `additional_kwargs` under which langchain-google-genai keeps the thought signatures of
calls, by call id. Private to that package; a test watches it."""

_UNSIGNED = base64.urlsafe_b64decode("skip_thought_signature_validator")
"""Gemini's stand-in for a missing signature, as the bytes that its client encodes again."""


def for_gemini(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Keep what Gemini itself produced, signatures included; give other calls a stand-in."""
    shaped: list[BaseMessage] = []
    for message in map(_signed, _paired(messages)):
        before = shaped[-1] if shaped else None
        if isinstance(message, AIMessage) and isinstance(before, AIMessage):
            shaped[-1] = _joined(before, message)  # a call may not follow another answer
        else:
            shaped.append(message)
    return shaped


def in_plain_strings(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Reduce every content to a plain string, and drop what only one provider knows."""
    plain = map(_plain, _paired(messages))
    return [
        message
        for message in plain
        if not isinstance(message, AIMessage) or message.tool_calls or message.text.strip()
    ]


def _paired(messages: Sequence[BaseMessage]) -> Iterator[BaseMessage]:
    """Yield messages with each call beside its result, under ids made for this request."""
    number = 0
    for position, message in enumerate(messages):
        if not isinstance(message, AIMessage):
            if not isinstance(message, ToolMessage) and _says_something(message):
                yield message
            continue
        if message.response_metadata.get(FAILED):
            continue
        if not message.tool_calls:
            if spoken := _without_notice(message):
                yield spoken
            continue
        ids = [f"call_{number + index:04}" for index in range(len(message.tool_calls))]
        number += len(ids)
        yield _with_ids(message, ids)
        yield from _results(message, ids, messages[position + 1 :])


def _results(
    message: AIMessage, ids: list[str], following: Sequence[BaseMessage]
) -> Iterator[ToolMessage]:
    """Yield one result for each call; only those before the next answer belong to it."""
    results: dict[str, ToolMessage] = {}
    for later in following:
        if isinstance(later, AIMessage):
            break
        if isinstance(later, ToolMessage):
            results.setdefault(later.tool_call_id, later)
    for call, new_id in zip(message.tool_calls, ids, strict=True):
        result = results.get(call["id"] or "")
        yield ToolMessage(
            content=result.text if result else _LOST_RESULT,
            name=call["name"],
            tool_call_id=new_id,
        )


def _with_ids(message: AIMessage, ids: list[str]) -> AIMessage:
    calls = [{**call, "id": new} for call, new in zip(message.tool_calls, ids, strict=True)]
    signatures = message.additional_kwargs.get(SIGNATURES, {})
    renamed = {
        new: signatures[call["id"]]
        for call, new in zip(message.tool_calls, ids, strict=True)
        if call["id"] in signatures
    }
    return message.model_copy(
        update={"tool_calls": calls, "additional_kwargs": {SIGNATURES: renamed}}
    )


def _without_notice(message: AIMessage) -> AIMessage | None:
    notice = message.response_metadata.get(NOTICE, "")
    if not notice:
        return message if _says_something(message) else None
    text = message.text.removeprefix(notice).strip()
    return message.model_copy(update={"content": text}) if text else None


def _says_something(message: BaseMessage) -> bool:
    """Say whether there is more than white space, which some providers refuse."""
    parts = message.content if isinstance(message.content, list) else []
    other = any(isinstance(part, dict) and part.get("type") != "text" for part in parts)
    return other or bool(message.text.strip())


def _joined(first: AIMessage, second: AIMessage) -> AIMessage:
    """Make one answer of two in a row; the first has no calls, or results would stand between."""
    blocks = [*_blocks(first), *_blocks(second)]
    return second.model_copy(update={"content": blocks})


def _blocks(message: AIMessage) -> list[str | dict[str, Any]]:
    if isinstance(message.content, list):
        return list(message.content)
    return [{"type": "text", "text": message.content}] if message.content else []


def _signed(message: BaseMessage) -> BaseMessage:
    if not isinstance(message, AIMessage):
        return message
    own = message.response_metadata.get("model_provider") == "google_genai"
    content = message.content if own else message.text
    signatures = message.additional_kwargs.get(SIGNATURES) if own else None
    if not signatures:  # of parallel calls Gemini signs only the first, so any will do
        signatures = {call["id"]: _UNSIGNED for call in message.tool_calls}
    return message.model_copy(
        update={"content": content, "additional_kwargs": {SIGNATURES: signatures}}
    )


def _plain(message: BaseMessage) -> BaseMessage:
    if isinstance(message, AIMessage):
        text = message.text if message.text.strip() else ""
        return AIMessage(content=text, tool_calls=message.tool_calls)
    if isinstance(message, HumanMessage | SystemMessage):
        return type(message)(content=message.text if message.text.strip() else _NO_TEXT)
    return message
