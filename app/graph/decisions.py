"""Read what a person decided, in the forms in which chats send it.

LangChain's human-in-the-loop middleware has `{"decisions": [...]}`, one for each request: approve,
edit, reject, respond. agent-inbox sends `[{"type": "accept" | "edit" | "ignore" | "response",
"args": ...}]`, and others a plain `true` or a line of text. A yes is a yes, a no a no; words
decline and reach the model; what can't be read declines.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_YES = frozenset({"accept", "accepted", "approve", "approved", "ok", "y", "yes"})
_NO = frozenset({"cancel", "cancelled", "decline", "declined", "ignore", "ignored", "n", "no"}) | {
    *("reject", "rejected")
}
_WORDS = frozenset({"respond", "response"})
_UNREADABLE = "the answer to the question could not be read"


@dataclass(frozen=True, slots=True)
class Edit:
    """What to call instead."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about one request.

    Attributes:
        approved: Whether it runs.
        words: Why it doesn't, in their words; may be empty.
        edit: What runs in its place.
    """

    approved: bool
    words: str = ""
    edit: Edit | None = None


_NOT_READ = Verdict(approved=False, words=_UNREADABLE)


def verdicts(answered: Any, count: int) -> Sequence[Verdict]:
    """Return what was decided about each request.

    A plain yes or no, or a line of words, is about all of them. If one of several decisions can't
    be read, or there are too few or too many, nothing runs.

    Args:
        answered: What came back.
        count: How many requests there were.
    """
    given = _from_json(answered)
    if isinstance(given, Mapping) and "decisions" in given:
        given = given["decisions"]
        if not isinstance(given, list):
            return [_NOT_READ] * count
    if not isinstance(given, list):
        one = _verdict(given)
        return [one if one and not (one.edit and count > 1) else _NOT_READ] * count
    each = [_verdict(decision) for decision in given]
    found = [verdict for verdict in each if verdict is not None]
    return found if len(found) == len(each) == count else [_NOT_READ] * count


def _verdict(given: Any) -> Verdict | None:
    """Return one decision; None where it can't be read."""
    if isinstance(given, bool):
        return Verdict(approved=given)
    if isinstance(given, str):
        return _from_words(given)
    kind = given.get("type") if isinstance(given, Mapping) else None
    if not isinstance(kind, str):
        return None
    kind = kind.strip().lower()
    if kind == "edit":
        return _from_edit(given)
    words = next((given[key] for key in ("message", "args") if isinstance(given.get(key), str)), "")
    if kind in _YES:
        return Verdict(approved=True)
    return Verdict(approved=False, words=words) if kind in _NO | _WORDS else None


def _from_words(line: str) -> Verdict | None:
    said = line.strip()
    plain = said.rstrip(".!").lower()
    if plain in _YES or plain in _NO:
        return Verdict(approved=plain in _YES)
    return Verdict(approved=False, words=said) if said else None


def _from_edit(given: Mapping[str, Any]) -> Verdict | None:
    """Return an edit, in LangChain's form or in agent-inbox's."""
    edited = given.get("edited_action", given.get("args"))
    if not isinstance(edited, Mapping):
        return None
    name, args = edited.get("name", edited.get("action")), edited.get("args")
    if not isinstance(name, str) or not isinstance(args, Mapping):
        return None
    return Verdict(approved=True, edit=Edit(name, dict(args)))


def _from_json(answered: Any) -> Any:
    """Return what a text says that is JSON; some chats send the form as a text."""
    if isinstance(answered, str) and answered.strip()[:1] in ("{", "[", "t", "f"):
        try:
            return json.loads(answered)
        except (ValueError, RecursionError):
            return answered
    return answered
