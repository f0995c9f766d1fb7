"""Read a task that is written on one line: a closed grammar, nothing guessed.

    <title> [due <when>] [#tag] [!high]

A plain day may also close the line without the word `due`: `buy milk tomorrow`, `pay rent
friday at 5pm`. A day that belongs to the words before it stays in the title: `plan for
tomorrow`, `water plants every friday`.
"""

import re
from dataclasses import dataclass
from typing import Any

_WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_TIME = (
    r"(?:at\s+(?:\d{1,2}(?::\d{2})?(?:\s?[ap]m)?|noon)|\d{1,2}:\d{2}|\d{1,2}(?::\d{2})?\s?[ap]m)"
)
_WHEN = (
    rf"(?:today|tomorrow|(?:next\s+|this\s+)?{_WEEKDAY})(?:\s+{_TIME})?"
    r"|\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2})?"
)
_MARKED_DUE = re.compile(r"(?P<title>.+)\sdue(?:\s+|:\s*)(?:(?:on|by)\s+)?(?P<due>.+)", re.I)
_BARE_DUE = re.compile(rf"(?P<title>.+?)\s+(?:(?:on|by)\s+)?(?P<due>{_WHEN})", re.I)
_NOT_BEFORE_DUE = re.compile(
    r"\b(for|of|about|from|until|till|since|the|to|and|or|every|each|other|first|second|third"
    r"|fourth|last|past|good|black)$",
    re.I,
)
_MARK = re.compile(r"#(?P<tag>[\w./-]+)|!(?P<priority>high|medium|low)", re.I)
_IDS = re.compile(r"#?\d{1,9}(?:(?:\s*,\s*|\s+and\s+|\s+)#?\d{1,9})*", re.I)


@dataclass(frozen=True, slots=True)
class QuickTask:
    """What a line says of a task: its title, and what else was given, by the name of the field."""

    title: str
    fields: dict[str, Any]


def read_task(line: str) -> QuickTask | None:
    """Return what a line says, or None where it leaves no title.

    Blanks of any kind count as one space each, so that no pattern looks at a run of them twice.
    """
    fields: dict[str, Any] = {}
    rest = _take_marks(line, fields)
    if match := _MARKED_DUE.fullmatch(rest):
        fields["due"] = match["due"]
    elif match := _BARE_DUE.fullmatch(rest):
        if _NOT_BEFORE_DUE.search(match["title"]):
            match = None
        else:
            fields["due"] = match["due"]
    title = _take_marks(match["title"], fields) if match else rest
    if "tags" in fields:
        fields["tags"].reverse()
    title = re.sub(r'^"(.+)"$', r"\1", title)
    nothing = not title or (match and title.lower() == "due")
    return None if nothing else QuickTask(title, fields)


def read_ids(text: str) -> list[int] | None:
    """Return the ids of `3 4`, `#3, #4 and 5`; None for anything else."""
    if not _IDS.fullmatch(" ".join(text.split())):
        return None
    return [int(number) for number in re.findall(r"\d+", text)]


def _take_marks(text: str, fields: dict[str, Any]) -> str:
    """Take #tags and !priorities off the end, into `fields`; the rest has single spaces."""
    words = text.split()
    while words and (match := _MARK.fullmatch(words[-1])):
        if match["tag"]:
            fields.setdefault("tags", []).append(match["tag"])
        else:
            fields.setdefault("priority", match["priority"].lower())
        words.pop()
    return " ".join(words)
