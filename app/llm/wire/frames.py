"""Read the frames of the providers' streams: what they say, and where it stands.

A frame is the JSON object of one event (or of one line, with Ollama). It is untrusted: any field
may be missing, null or of another type.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class TextSlot:
    """Where a frame holds text for the person, so that it may be read and replaced."""

    holder: dict[str, Any]
    key: str

    @property
    def text(self) -> str:
        """Return the text."""
        return str(self.holder[self.key])

    def put(self, text: str) -> None:
        """Replace the text in the frame."""
        self.holder[self.key] = text


@dataclass(frozen=True, slots=True)
class CallPiece:
    """A piece of a tool call: which call of the answer, and what it adds.

    `arguments` is the text of the arguments as it came; where they came as an object, which was
    whole JSON as the frame was, it is that object's. A call that is `alone` has no other piece.
    """

    index: int | None = None
    name: str = ""
    arguments: str = ""
    id: str = ""
    alone: bool = False


class Frames(Protocol):
    """Reads the frames of one API.

    `one_a_line` says that frames are lines of JSON and no event stream. `named` says that
    its events have types that the client goes by. `ends_once` says that no text and no call
    comes after a finish reason. `constant` names a field that has to be the same in all frames
    of an answer, or the client joins them in another order; "" where there is none. `usage` names
    the field that holds the counts of tokens, where it stands in each frame; it comes last then.
    """

    one_a_line: bool
    named: bool
    ends_once: bool
    constant: str
    usage: str

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Say whether something that may hold text or a call is of another type than it should."""

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield the text for the person."""

    def calls(self, frame: dict[str, Any]) -> Iterator[CallPiece]:
        """Yield the pieces of tool calls."""

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield why the model stopped, as the frame words it."""

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return the error object of a frame that tells a failure."""

    def rejected_call(self, frame: dict[str, Any]) -> str:
        """Return a call that the provider itself found malformed, in the model's words."""

    def prompt_block(self, frame: dict[str, Any]) -> str:
        """Return why the prompt was blocked, as the frame words it; "" where it wasn't."""

    def plain(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Return what the client needs of a frame, each field of the type that it should have.

        A client that meets anything else raises, and what came before is lost.
        """

    def counts(self, usage: object) -> dict[str, Any]:
        """Return the counts of tokens that the client needs."""

    def usual_text(self, frame: dict[str, Any]) -> TextSlot | None:
        """Return where a frame that holds a piece of text has it; not all others give None."""

    def say(self, frame: dict[str, Any], text: str) -> dict[str, Any] | None:
        """Add text for the person to a frame, or return a frame of its own that says it before.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """

    def put_calls(self, frame: dict[str, Any], calls: Sequence[dict[str, Any]]) -> None:
        """Put whole calls in the place of the pieces in a frame, where an API has pieces.

        Args:
            frame: The frame, which is changed.
            calls: Calls in the form of chat completions; none where they aren't whole yet.
        """
