"""Describe one attempt at one model: the same record for reply, event, log, ledger and metrics.

No text of a message is in it. Each field says in its metadata by which name it is told where.
So a new field is one line here and, where the ledger keeps it, one column; a new outcome is one
line in `Outcome`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import Enum, StrEnum, auto
from functools import cache
from typing import Any

_NAMES = "names"


class Then(Enum):
    """What follows an attempt: its answer, the next model, the same one again, or nothing."""

    ANSWER = auto()
    NEXT_MODEL = auto()
    SAME_MODEL = auto()
    NOTHING = auto()


class OutcomeRow(StrEnum):
    """What is known of an outcome: its word, and the parts below.

    Attributes:
        asked: Whether the model was asked at all.
        then: What follows.
        log: What the log says, with `{role}`, `{error}` and `{then}`; empty for nothing.
    """

    asked: bool
    then: Then
    log: str

    def __new__(cls, word: str, asked: bool, then: Then, log: str) -> "OutcomeRow":
        """Make a member; each part has to be given.

        Args:
            word: How it is told everywhere.
            asked: Whether the model was asked at all.
            then: What follows.
            log: What the log says.
        """
        member = str.__new__(cls, word)
        member._value_ = word
        member.asked, member.then, member.log = asked, then, log
        return member

    @property
    def answered(self) -> bool:
        """Say whether the model gave an answer that was used."""
        return self.then is Then.ANSWER

    @property
    def gave_up(self) -> bool:
        """Say whether the model is given up for this call."""
        return self.then is Then.NEXT_MODEL


class Outcome(OutcomeRow):
    """How an attempt ended."""

    ANSWERED = "answered", True, Then.ANSWER, ""
    FAILED = "failed", True, Then.NEXT_MODEL, "{role} LLM failed ({error}), {then}"
    RETRIED = "retried", True, Then.SAME_MODEL, "{role} LLM failed ({error}), trying it again"
    REPAIRED = (
        *("repaired", True, Then.ANSWER),
        "{role} LLM made a broken tool call, which was read back",
    )
    SKIPPED = "skipped", False, Then.NEXT_MODEL, "{role} LLM skipped ({error}), {then}"
    CANCELLED = "cancelled", True, Then.NOTHING, ""

    @classmethod
    def _missing_(cls, value: object) -> "Outcome":
        """Take a word that a newer version has written: the model was asked, and that is all."""
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = str(value)
        unknown.asked, unknown.then, unknown.log = True, Then.NOTHING, ""
        return unknown


def named(*, reply: str | None, event: str | None, column: str | None) -> Mapping[str, Any]:
    """Return the metadata of a field: its name in each place, None where it isn't told.

    Args:
        reply: The key in a reply's `attempts`.
        event: The key in the event of a failover.
        column: The ledger's column.
    """
    return {_NAMES: {"reply": reply, "event": event, "column": column}}


NOWHERE = named(reply=None, event=None, column=None)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call cost in tokens, as the provider counted them.

    `cached` are among `incoming`, `reasoning` among `outgoing`.
    """

    incoming: int = field(metadata=named(reply=None, event=None, column="tokens_in"))
    outgoing: int = field(metadata=named(reply=None, event=None, column="tokens_out"))
    cached: int = field(default=0, metadata=named(reply=None, event=None, column="tokens_cached"))
    reasoning: int = field(
        default=0, metadata=named(reply=None, event=None, column="tokens_reasoning")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt at one model.

    Attributes:
        at: When it began.
        place: The place in the chain, such as `groq2`; what is public calls it the provider.
        model: The model's name.
        label: The place's name for a person.
        position: Where the place stands in the call's order, from 0.
        outcome: How it ended.
        kind: The kind of failure; None for an answer.
        duration_ms: Milliseconds from its begin to its end.
        first_token_ms: Milliseconds to its first token, where one came.
        tokens: What the provider counted, where it said so.
        following: The place that is asked next, if any.
        message_id: The id that its tokens carried.
        error: The name of the exception; None for an answer.
        status: The provider's HTTP status, where there was one.
        detail: The provider's words on the failure, without secrets.
        wait: Seconds until the model may be of use again, where that is known.
        waiting_helps: Whether the same request may work later, with nothing mended.
        no_quota: Whether the key has no quota or credit, so that time alone cures nothing.
        mend: What a person has to do about the failure, where more than its kind says so.
        estimated: Whether no provider spoke: our own count of a quota did.
        goes_over: Whether the failure is one for another model.
        words: What a person reads in the place of the kind's words, if something else.
        unrecognised: Whether the provider refused the request in words that are not known.
        declined_prompt: Whether it declined what it was told, and another model may not.
    """

    at: datetime = field(metadata=named(reply=None, event=None, column="at"))
    place: str = field(metadata=named(reply="provider", event="from", column="provider"))
    model: str = field(metadata=named(reply="model", event=None, column="model"))
    label: str = field(default="", metadata=NOWHERE)
    position: int = field(metadata=named(reply=None, event=None, column="position"))
    outcome: OutcomeRow = field(metadata=named(reply="outcome", event=None, column="outcome"))
    kind: str | None = field(
        default=None, metadata=named(reply="kind", event="kind", column="kind")
    )
    duration_ms: int = field(
        default=0, metadata=named(reply="duration_ms", event=None, column="total_ms")
    )
    first_token_ms: int | None = field(
        default=None, metadata=named(reply=None, event=None, column="first_token_ms")
    )
    tokens: Tokens | None = field(default=None, metadata=NOWHERE)
    following: str | None = field(default=None, metadata=named(reply=None, event="to", column=None))
    message_id: str | None = field(
        default=None, metadata=named(reply=None, event="message_id", column=None)
    )
    error: str | None = field(default=None, metadata=NOWHERE)
    status: int | None = field(default=None, metadata=NOWHERE)
    detail: str = field(default="", metadata=NOWHERE)
    wait: float | None = field(default=None, metadata=NOWHERE)
    waiting_helps: bool = field(default=False, metadata=NOWHERE)
    no_quota: bool = field(default=False, metadata=NOWHERE)
    mend: str = field(default="", metadata=NOWHERE)
    estimated: bool = field(default=False, metadata=NOWHERE)
    goes_over: bool = field(default=False, metadata=NOWHERE)
    words: str = field(default="", metadata=NOWHERE)
    unrecognised: bool = field(default=False, metadata=NOWHERE)
    declined_prompt: bool = field(default=False, metadata=NOWHERE)

    def report(self) -> dict[str, object]:
        """Return what a reply tells of the attempt."""
        return as_told(self, "reply")

    def event(self) -> dict[str, object] | None:
        """Return the event of a failover: who failed, and who is asked next, or again.

        None where the attempt is followed by no other.
        """
        again = self.outcome.then is Then.SAME_MODEL
        if self.kind is None or not (self.following or again):
            return None
        told = as_told(self, "event")
        return {"type": "failover", **told, "to": self.following or self.place}


def as_told(record: Any, where: str) -> dict[str, object]:
    """Return the fields of a record by their names in one place, as plain values.

    Args:
        record: An instance of a dataclass whose fields say by which names they are told.
        where: `reply`, `event` or `column`.

    Raises:
        TypeError: A field doesn't say where it is told.
    """
    names = names_of(type(record), where)
    return {name: _plain(getattr(record, attribute)) for attribute, name in names.items()}


def names_of(record: type, where: str) -> Mapping[str, str]:
    """Return the names that a dataclass's fields have in one place, by field.

    Args:
        record: The dataclass.
        where: `reply`, `event` or `column`.

    Raises:
        TypeError: A field doesn't say where it is told.
    """
    return _all_names(record)[where]


@cache
def _all_names(record: Any) -> Mapping[str, Mapping[str, str]]:
    told: dict[str, dict[str, str]] = {"reply": {}, "event": {}, "column": {}}
    for each in fields(record):
        if _NAMES not in each.metadata:
            raise TypeError(f"{record.__name__}.{each.name} doesn't say where it is told")
        for where, name in each.metadata[_NAMES].items():
            if name is not None:
                told[where][each.name] = name
    return told


def _plain(value: object) -> object:
    """Return an enumeration's word as text, which every store and format takes."""
    return str(value) if isinstance(value, StrEnum) else value
