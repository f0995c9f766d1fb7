"""Shape a conversation into what each provider accepts, whoever produced its messages.

The stored messages are never changed. Sources: the function calling and thought signature pages of
the Gemini API, and the chat completions reference of the Groq API.
"""

import base64
import binascii
import hashlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)

from .framing import NO_TEXT, SIGNATURES, framed, text_of
from .seen import with_attachments, with_images
from .sendable import as_output, clean

PROVIDER = "provider"
"""Key in `response_metadata` of the place in the chain that gave the answer."""

SIGNER = "signer"
"""Key in `response_metadata` of an answer with thought signatures: the model and key that made
them, as a keyed fingerprint. Signatures of before it was kept count as nobody's."""

_UNSIGNED = base64.urlsafe_b64decode("skip_thought_signature_validator")
"""Gemini's stand-in for a missing signature, as the bytes that its client encodes again."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a conversation.

    Attributes:
        signer: The fingerprint of its model and key; signatures under it are its own.
        words_only: Whether it gets neither signatures nor attachments, since it refused them.
        refused: The fingerprints of signatures and attachments that it refused before.
        model: The model's name; a prompt that it declined is not told to it again.
        sees: Whether it sees images.
    """

    signer: str = ""
    words_only: bool = False
    refused: Container[str] = ()
    model: str = ""
    sees: bool = False

    def takes(self, thing: object) -> bool:
        """Say whether it gets a signature or an attachment."""
        if self.words_only:
            return False
        return not self.refused or fingerprint(thing) not in self.refused


def fingerprint(thing: object) -> str:
    """Return a short mark of a signature or of an attachment, to know it by."""
    data = repr(thing).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(data, digest_size=16).hexdigest()


NOBODY = Recipient()
"""A recipient that has signed nothing."""


def for_gemini(messages: Sequence[BaseMessage], recipient: Recipient = NOBODY) -> list[BaseMessage]:
    """Give each call its signature, where this model and key made it, or else the stand-in.

    Args:
        messages: The conversation.
        recipient: Who gets it.
    """
    shaped: list[BaseMessage] = []
    for message in framed(messages, recipient.model):
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

    Only a person's images stay beside it, for who sees them.

    Args:
        messages: The conversation.
        recipient: Who gets it.
    """
    return [_plain(message, recipient) for message in framed(messages, recipient.model)]


def is_signed(answer: AIMessage) -> bool:
    """Say whether an answer holds thought signatures."""
    return any(True for _ in _signatures(answer))


def more_than_words(messages: Sequence[BaseMessage]) -> Iterator[str]:
    """Yield the fingerprints of what a provider may refuse beside words."""
    for message in messages:
        if isinstance(message, AIMessage):
            yield from map(fingerprint, _signatures(message))
        elif isinstance(message.content, list):
            others = (p for p in message.content if isinstance(p, dict) and p.get("type") != "text")
            yield from map(fingerprint, others)


def _signatures(answer: AIMessage) -> Iterator[object]:
    marks = answer.additional_kwargs.get(SIGNATURES)
    yield from marks.values() if isinstance(marks, dict) else ()
    for part in answer.content if isinstance(answer.content, list) else ():
        extras = part.get("extras") if isinstance(part, dict) else None
        if extras:
            yield extras.get("signature") if isinstance(extras, dict) else extras


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
        return HumanMessage(with_attachments(message, recipient.takes))
    if isinstance(message, ToolMessage):
        return message.model_copy(update={"content": as_output(str(message.content))})
    if not isinstance(message, AIMessage):
        return message
    own = _signer(message) == recipient.signer != ""
    content = _signed_text(message, recipient) if own else text_of(message)
    signatures: dict[str, Any] = {}
    if own:
        known = message.additional_kwargs.get(SIGNATURES, {})
        signatures = {id: mark for id, mark in known.items() if _goes_to(recipient, mark)}
    if not signatures:  # of parallel calls Gemini signs only the first, so any will do
        signatures = {str(call["id"]): _UNSIGNED for call in message.tool_calls}
    return AIMessage(
        content=content,
        tool_calls=message.tool_calls,
        additional_kwargs={SIGNATURES: signatures},
        response_metadata={"model_provider": "google_genai"},
    )


def _signed_text(message: AIMessage, recipient: Recipient) -> str | list[str | dict[str, Any]]:
    """Return the text of Gemini's own answer, its signatures with it, and nothing else."""
    if isinstance(message.content, str):
        return text_of(message)
    blocks: list[str | dict[str, Any]] = []
    for part in message.content:
        text = part if isinstance(part, str) else part.get("text")
        if not isinstance(text, str) or (isinstance(part, dict) and part.get("type") != "text"):
            continue
        extras = part.get("extras") if isinstance(part, dict) else None
        signature = extras.get("signature") if isinstance(extras, dict) else None
        block: dict[str, Any] = {"type": "text", "text": clean(text)}
        if _goes_to(recipient, signature):
            block["extras"] = {"signature": signature}
        if text or "extras" in block:
            blocks.append(block)
    return blocks


def _signer(message: AIMessage) -> str:
    return str(message.response_metadata.get(SIGNER) or "")


def _goes_to(recipient: Recipient, mark: object) -> bool:
    """Say whether this can be a signature, base64 as Gemini's client keeps it, and is sent."""
    try:
        is_one = isinstance(mark, str) and bool(base64.b64decode(mark, validate=True))
        return is_one and recipient.takes(mark)
    except (binascii.Error, ValueError):
        return False


def _nothing(thing: object) -> bool:
    return False


def _plain(message: BaseMessage, recipient: Recipient) -> BaseMessage:
    if isinstance(message, AIMessage):
        text = text_of(message)
        return AIMessage(content=text if text.strip() else "", tool_calls=message.tool_calls)
    if isinstance(message, HumanMessage):
        takes = recipient.takes if recipient.sees else _nothing
        return HumanMessage(with_images(message, takes) or NO_TEXT)
    return message
