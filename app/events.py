"""Name what happens while a message is being answered, for whoever shows it as it comes."""

from dataclasses import dataclass
from typing import Any

from .reply import Reply


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an answer's text; pieces of one answer share the message id."""

    text: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Asking:
    """A model is being asked: its place in the chain, and its name."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that is about to run."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failover:
    """Another model is asked; what came under `message_id` is to be discarded."""

    failed: str
    following: str
    kind: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The turn waits until a model may be back, so many seconds."""

    provider: str
    seconds: float


Event = Token | Asking | ToolCall | Failover | Waiting | Reply
"""What a stream of a turn yields; a `Reply` comes last and once."""
