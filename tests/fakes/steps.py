"""Say what a provider's server does with the next request, in words both servers share."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """A good answer: text, tool calls as (name, args), or both; and headers beside it.

    `cut` says that it ended at its limit of length.
    """

    text: str = ""
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


@dataclass(frozen=True)
class Failure:
    """An HTTP error with a body: a JSON value, or text as it is."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stream:
    """Raw bytes of an event stream under HTTP 200.

    After them `cut` drops the connection, and `hang` keeps it open for so many seconds.
    `plain` is the same fault in the body of a request that asked for no stream.
    """

    raw: bytes
    cut: bool = False
    hang: float = 0.0
    plain: bytes | None = None


@dataclass(frozen=True)
class Silence:
    """Take the request and say nothing until the client leaves, at most `seconds`."""

    seconds: float = 20.0


@dataclass(frozen=True)
class Held:
    """A good answer of Gemini that stops after `first`, until the test calls `let_go`."""

    first: str
    rest: str


@dataclass(frozen=True)
class Wire:
    """Bytes as they are, under any status and headers; no header is added but those needed.

    With more pieces than one the body goes out in chunks, one for each. `cut` drops the
    connection at the end of them.
    """

    pieces: tuple[bytes, ...]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


Step = Answer | Failure | Stream | Silence | Held | Wire


def says(text: str) -> Answer:
    """Answer with text."""
    return Answer(text=text)


def calls(name: str, **args: Any) -> Answer:
    """Answer with one tool call."""
    return Answer(calls=((name, args),))
