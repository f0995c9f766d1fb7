"""Shape a conversation into what each provider accepts, whoever produced its messages.

The stored messages are never changed. What every provider gets: each tool call followed
by its results, each result after its call, ids that no two calls share, names of calls in a shape
that all take, and neither failed turns nor blocked ones. Sources: the function calling and thought
signature pages of the Gemini API, and the chat completions reference of the Groq API.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolCall,
    ToolMessage,
)

from .attachments import attachment, attachments_in
from .sendable import as_output, clean, sendable
from .told import FAILED, told
from .tool_names import sent_name

NOTICE = "notice"
"""Key in `response_metadata` of the words about an outage that head an answer's text."""

CUT = "cut"
"""Key in `response_metadata` of what ends an answer's text: that it was cut, or what its model
was not shown."""

PROVIDER = "provider"
"""Key in `response_metadata` of the place in the chain that gave the answer."""

SIGNER = "signer"
"""Key in `response_metadata` of an answer with thought signatures: the model and key that made
them, as a keyed fingerprint. Signatures of before it was kept count as nobody's."""

_LOST_RESULT = (
    "Interrupted before a result was recorded. It may have been done: look before you repeat it."
)
_NO_TEXT = "(a message without text)"
_NOT_READABLE = "(an attachment that can't be read)"
_GO_ON = "(go on)"
SIGNATURES = "__gemini_function_call_thought_signatures__"
"""Key in `additional_kwargs` under which langchain-google-genai keeps the thought signatures of
calls, by call id. Private to that package; a test watches it."""

_UNSIGNED = base64.urlsafe_b64decode("skip_thought_signature_validator")
"""Gemini's stand-in for a missing signature, as the bytes that its client encodes again."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a conversation.

    Attributes:
        signer: The fingerprint of its model and key; signatures under it are its own.
        words_only: Whether it gets neither signatures nor attachments, since it refused them.
    """

    signer: str = ""
    words_only: bool = False


NOBODY = Recipient()
"""A recipient that has signed nothing."""


def for_gemini(messages: Sequence[BaseMessage], recipient: Recipient = NOBODY) -> list[BaseMessage]:
    """Give each call its signature, where this model and key made it, or else the stand-in.

    Args:
        messages: The conversation.
        recipient: Who gets it.
    """
    shaped: list[BaseMessage] = []
    for message in _framed(messages):
        sent = _for_gemini(message, recipient)
        before = shaped[-1] if shaped else None
        if isinstance(sent, AIMessage) and isinstance(before, AIMessage):
            shaped[-1] = _joined(before, sent)  # a call may not follow another answer
        else:
            shaped.append(sent)
    return shaped


def in_plain_strings(
    messages: Sequence[BaseMessage], recipient: Recipient = NOBODY
) -> list[BaseMessage]:
    """Reduce every content to a plain string, and drop what only one provider knows.

    Args:
        messages: The conversation.
        recipient: Who gets it; nothing here differs between them.
    """
    return [_plain(message) for message in _framed(messages)]


def is_signed(answer: AIMessage) -> bool:
    """Say whether an answer holds thought signatures."""
    if answer.additional_kwargs.get(SIGNATURES):
        return True
    parts = answer.content if isinstance(answer.content, list) else []
    return any(isinstance(part, dict) and part.get("extras") for part in parts)


def _framed(messages: Sequence[BaseMessage]) -> Iterator[BaseMessage]:
    """Yield one system prompt first, then from a person's message to another, or to a result."""
    usual = told(messages)
    prompts = [message for message in usual if isinstance(message, SystemMessage)]
    if prompt := "\n\n".join(text for text in map(_text, prompts) if text.strip()):
        yield SystemMessage(prompt)
    last: BaseMessage | None = None
    for message in _paired([one for one in usual if not isinstance(one, SystemMessage)]):
        if last is None and not isinstance(message, HumanMessage):
            yield HumanMessage(_NO_TEXT)
        yield message
        last = message
    if last is None or isinstance(last, AIMessage):
        yield HumanMessage(_GO_ON)


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
        calls = [call for call in message.tool_calls if sent_name(call["name"])]
        if not calls:
            if spoken := _spoken(message):
                yield spoken
            continue
        ids = [f"call_{number + index:04}" for index in range(len(calls))]
        number += len(ids)
        yield _with_ids(message, calls, ids)
        yield from _results(calls, ids, messages[position + 1 :])


def _results(
    calls: Sequence[ToolCall], ids: list[str], following: Sequence[BaseMessage]
) -> Iterator[ToolMessage]:
    """Yield one result for each call; only those before the next answer belong to it."""
    results: dict[str, list[str]] = {}
    for later in following:
        if isinstance(later, AIMessage):
            break
        if isinstance(later, ToolMessage):
            results.setdefault(later.tool_call_id, []).append(_text(later))
    for call, new_id in zip(calls, ids, strict=True):
        found = results.get(call["id"] or "")
        yield ToolMessage(
            content=(found.pop(0) or _NO_TEXT) if found else _LOST_RESULT,
            name=sent_name(call["name"]),
            tool_call_id=new_id,
        )


def _with_ids(message: AIMessage, calls: Sequence[ToolCall], ids: list[str]) -> AIMessage:
    signatures = message.additional_kwargs.get(SIGNATURES)
    signatures = signatures if isinstance(signatures, dict) else {}
    sent = [
        ToolCall(name=sent_name(call["name"]), args=sendable(call["args"]), id=new)
        for call, new in zip(calls, ids, strict=True)
    ]
    renamed = {
        new: signatures[call["id"]]
        for call, new in zip(calls, ids, strict=True)
        if call["id"] in signatures
    }
    return AIMessage(
        content=message.content,
        tool_calls=sent,
        additional_kwargs={SIGNATURES: renamed},
        response_metadata=message.response_metadata,
    )


def _spoken(message: AIMessage) -> AIMessage | None:
    """Return an answer without calls as it was spoken by its model; None where nothing was."""
    notice = str(message.response_metadata.get(NOTICE) or "")
    cut = str(message.response_metadata.get(CUT) or "")
    text = _text(message)
    if notice or cut:
        text = text.removeprefix(notice).removesuffix(cut).strip()
    if not text.strip():
        return None
    content = text if notice or cut else message.content
    return AIMessage(content=content, response_metadata=message.response_metadata)


def _says_something(message: BaseMessage) -> bool:
    """Say whether there is more than white space, which some providers refuse."""
    return attachments_in(message) > 0 or bool(_text(message).strip())


def _joined(first: AIMessage, second: AIMessage) -> AIMessage:
    """Make one answer of two in a row; the first has no calls, or results would stand between."""
    blocks = [*_blocks(first), *_blocks(second)]
    return second.model_copy(update={"content": blocks})


def _blocks(message: AIMessage) -> list[str | dict[str, Any]]:
    if isinstance(message.content, list):
        return list(message.content)
    return [{"type": "text", "text": message.content}] if message.content else []


def _for_gemini(message: BaseMessage, recipient: Recipient) -> BaseMessage:
    if isinstance(message, HumanMessage):
        return HumanMessage(_seen(message, recipient))
    if isinstance(message, ToolMessage):
        return message.model_copy(update={"content": as_output(str(message.content))})
    if not isinstance(message, AIMessage):
        return message
    own = _signer(message) == recipient.signer != "" and not recipient.words_only
    content = _signed_text(message) if own else _text(message)
    signatures: dict[str, Any] = {}
    if own:
        known = message.additional_kwargs.get(SIGNATURES, {})
        signatures = {id: mark for id, mark in known.items() if _is_signature(mark)}
    if not signatures:  # of parallel calls Gemini signs only the first, so any will do
        signatures = {str(call["id"]): _UNSIGNED for call in message.tool_calls}
    return AIMessage(
        content=content,
        tool_calls=message.tool_calls,
        additional_kwargs={SIGNATURES: signatures},
        response_metadata={"model_provider": "google_genai"},
    )


def _seen(message: HumanMessage, recipient: Recipient) -> str | list[str | dict[str, Any]]:
    """Return a person's message with the attachments that Gemini can read; others are named."""
    if isinstance(message.content, str):
        return clean(message.content)
    seen: list[str | dict[str, Any]] = []
    for part in message.content:
        text = part if isinstance(part, str) else part.get("text")
        if isinstance(part, dict) and part.get("type") != "text":
            found = None if recipient.words_only else attachment(part)
            seen.append(found or {"type": "text", "text": _NOT_READABLE})
        elif isinstance(text, str) and text.strip():
            seen.append({"type": "text", "text": clean(text)})
    return seen


def _signed_text(message: AIMessage) -> str | list[str | dict[str, Any]]:
    """Return the text of Gemini's own answer, its signatures with it, and nothing else."""
    if isinstance(message.content, str):
        return _text(message)
    blocks: list[str | dict[str, Any]] = []
    for part in message.content:
        text = part if isinstance(part, str) else part.get("text")
        if not isinstance(text, str) or (isinstance(part, dict) and part.get("type") != "text"):
            continue
        extras = part.get("extras") if isinstance(part, dict) else None
        signature = extras.get("signature") if isinstance(extras, dict) else None
        block: dict[str, Any] = {"type": "text", "text": clean(text)}
        if _is_signature(signature):
            block["extras"] = {"signature": signature}
        if text or "extras" in block:
            blocks.append(block)
    return blocks


def _signer(message: AIMessage) -> str:
    return str(message.response_metadata.get(SIGNER) or "")


def _is_signature(mark: object) -> bool:
    """Say whether this can be a signature: base64, as Gemini's client keeps it."""
    try:
        return isinstance(mark, str) and bool(base64.b64decode(mark, validate=True))
    except (binascii.Error, ValueError):
        return False


def _plain(message: BaseMessage) -> BaseMessage:
    if isinstance(message, AIMessage):
        text = _text(message)
        return AIMessage(content=text if text.strip() else "", tool_calls=message.tool_calls)
    if isinstance(message, HumanMessage):
        text = _text(message)
        return HumanMessage(text if text.strip() else _NO_TEXT)
    return message


def _text(message: BaseMessage) -> str:
    return clean(str(message.text))
