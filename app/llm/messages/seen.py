"""Say what of a person's message a model sees: its text, and the attachments that it can read."""

from collections.abc import Callable
from typing import Any

from langchain_core.messages import HumanMessage

from .attachments import attachment, image_url
from .sendable import clean

_NOT_READABLE = "(an attachment that can't be read)"

Content = str | list[str | dict[str, Any]]


def with_attachments(message: HumanMessage, takes: Callable[[object], bool]) -> Content:
    """Return a message with the attachments that Gemini can read; others are named.

    Args:
        message: A person's message.
        takes: Says whether an attachment may be sent; it may have been refused.
    """
    if isinstance(message.content, str):
        return clean(message.content)
    seen: list[str | dict[str, Any]] = []
    for part in message.content:
        text = part if isinstance(part, str) else part.get("text")
        if isinstance(part, dict) and part.get("type") != "text":
            found = attachment(part) if takes(part) else None
            seen.append(found or {"type": "text", "text": _NOT_READABLE})
        elif isinstance(text, str) and text.strip():
            seen.append({"type": "text", "text": clean(text)})
    return seen


def with_images(message: HumanMessage, takes: Callable[[object], bool]) -> Content:
    """Return a message as a plain text, with the images beside it where they are seen.

    Args:
        message: A person's message.
        takes: Says whether an image may be sent; other attachments are named in any case.
    """
    text = clean(str(message.text))
    parts = message.content if isinstance(message.content, list) else []
    others = [part for part in parts if isinstance(part, dict) and part.get("type") != "text"]
    images = [image for part in others if takes(part) and (image := image_url(part))]
    texts = [text] if text.strip() else []
    texts += [_NOT_READABLE] * (len(others) - len(images))
    if not images:
        return "\n".join(texts)
    return [*({"type": "text", "text": each} for each in texts), *images]
