"""Say what is too much, in one sentence that names the limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .weight import Weight, weigh

MOST_MESSAGES = 1_000
"""Messages that one run may bring."""

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """What one message may be at most.

    Args:
        characters: Of text.
        attached: Of attachments, in bytes.
    """

    characters: int
    attached: int

    def refusal(self, thing: Any) -> str | None:
        """Return why a message, or what stands for one, is too much; None where it isn't."""
        return self._of_weight(weigh(thing))

    def refusal_of_all(self, messages: Sequence[Any]) -> str | None:
        """Return why the messages of a run are too much; None where they aren't."""
        if len(messages) > MOST_MESSAGES:
            return (
                f"These are {len(messages):,} messages, and at most {MOST_MESSAGES:,} are taken at "
                "once. Nothing was kept."
            )
        return next(filter(None, map(self.refusal, messages)), None)

    @property
    def body(self) -> int:
        """Return how many bytes a request may have: its messages in JSON, attachments in base64."""
        return 2 * self.attached + 32 * self.characters + _MEGABYTE

    def _of_weight(self, weight: Weight) -> str | None:
        if weight.characters > self.characters:
            return (
                f"The message has {weight.characters:,} characters, and at most "
                f"{self.characters:,} are taken (MAX_MESSAGE_CHARS). Nothing was kept."
            )
        if weight.attached > self.attached:
            return (
                f"The attachments have {weight.attached:,} bytes, and at most {self.attached:,} "
                "are taken (MAX_ATTACHMENT_BYTES). Nothing was kept."
            )
        return None
