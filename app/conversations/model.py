"""Name what is kept of conversations: threads, and the messages that were said in them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Who a message is from."""

    PERSON = "person"
    MODEL = "model"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class TranscriptMessage:
    """One message as it was said.

    `more` holds what its text doesn't: the `calls` of a model (each with name and args), its
    `provider` and `model`, the `name` of the tool that a result comes from.
    """

    message_id: str
    role: Role
    text: str
    more: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TranscriptEntry:
    """A message of the transcript: in which of the user's threads, when, and what."""

    thread: str
    said_at: datetime
    message: TranscriptMessage


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of a user.

    `key` is its id for the checkpointer, `name` what the user calls it; `messages` counts
    what was said in it.
    """

    key: str
    name: str
    begun_at: datetime
    last_at: datetime
    messages: int
