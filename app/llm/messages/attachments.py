"""Read pictures, sounds and files in a message, in each of the forms that hosts use.

Nothing is fetched: an address in a message is not followed. What isn't whole base64 of a type that
Gemini takes (its pages on images, audio, video and documents) is no attachment.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any

from langchain_core.messages import BaseMessage

_DATA_URL = re.compile(r"data:([\w.+/-]*)(?:;[\w=.-]+)*;base64,(.*)\Z", re.IGNORECASE | re.DOTALL)


def _begins(*heads: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(heads)


def _riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(b"RIFF") and data[8:12] == kind


def _boxes(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


_TAKEN: Mapping[str, Callable[[bytes], bool]] = {
    "image/png": _begins(b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": _begins(b"\xff\xd8\xff"),
    "image/webp": _riff(b"WEBP"),
    "image/heic": _boxes,
    "image/heif": _boxes,
    "application/pdf": _begins(b"%PDF-"),
    "audio/wav": _riff(b"WAVE"),
    "audio/mp3": _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "audio/flac": _begins(b"fLaC"),
    "audio/ogg": _begins(b"OggS"),
    "video/mp4": _boxes,
    "video/webm": _begins(b"\x1aE\xdf\xa3"),
}
"""The types that Gemini takes, each with the test that data is of it."""

_OTHER_NAMES = {
    "image/jpg": "image/jpeg",
    "audio/mpeg": "audio/mp3",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "wav": "audio/wav",
    "mp3": "audio/mp3",
}


_KINDS = ("mime_type", "mimeType", "media_type", "mediaType", "format")


def attachment(part: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a part of a message as the block that Gemini's client takes.

    None where it is no attachment that Gemini can read.
    """
    kind, data = _found(part)
    if isinstance(data, bytes):
        data = base64.b64encode(data).decode()
    if not isinstance(data, str):
        return None
    if address := _DATA_URL.match(data):
        kind, data = address[1] or kind, address[2]
    data = re.sub(r"\s+", "", data)
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    named = str(kind or "").split(";")[0].strip().lower()
    named = _OTHER_NAMES.get(named, named)
    fits = _TAKEN.get(named)
    if not named:
        named, fits = next(((n, t) for n, t in _TAKEN.items() if t(raw)), ("", None))
    if fits is None or not fits(raw):
        return None
    return {"type": "media", "mime_type": named, "data": data}


def attachments_in(message: BaseMessage) -> int:
    """Return how many parts of a message are no text."""
    parts = message.content if isinstance(message.content, list) else []
    return sum(isinstance(part, dict) and part.get("type") != "text" for part in parts)


def image_url(part: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a part of a message as an image in OpenAI's form, which most clients take.

    None where it is no image that all of them can read.
    """
    found = attachment(part)
    if found is None or found["mime_type"] not in ("image/png", "image/jpeg", "image/webp"):
        return None
    address = f"data:{found['mime_type']};base64,{found['data']}"
    return {"type": "image_url", "image_url": {"url": address}}


def _found(part: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the type and the data that a part names, whatever they are."""
    inner = part
    for key in ("source", "image_url", "input_audio", "file", "inline_data", "inlineData"):
        if isinstance(part.get(key), Mapping):
            inner = part[key]
    kind = next((inner[key] for key in _KINDS if inner.get(key)), None)
    for key in ("base64", "data", "file_data", "url", "image_url", "image"):
        if inner.get(key):
            return kind, inner[key]
    return kind, None
