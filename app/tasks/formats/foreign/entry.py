"""Make tasks of the entries of a foreign file, leaving out or cutting what doesn't fit."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ... import NewFields, Portable, fields
from ..reading import Reading, lasting_uuid
from ..task_from_file import task_from_file

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(slots=True, eq=False)
class Entry:
    """What a file says of one task.

    `due` stands as it is, `due_words` is a phrase. `uid` and `parent_uid` are the program's ids.
    `parent` is the entry above in a file whose tree is its indentation.
    """

    title: str
    line: int = 1
    due: date | datetime | None = None
    due_words: str = ""
    repeat: str = ""
    from_completion: bool = False
    priority: str | None = None
    tags: list[str] = field(default_factory=list)
    project: str = ""
    notes: list[str] = field(default_factory=list)
    done: bool = False
    completed_at: datetime | None = None
    created_at: datetime | None = None
    uid: str = ""
    parent_uid: str = ""
    parent: "Entry | None" = None
    blocked_by: list[str] = field(default_factory=list)


def made(entries: Iterable[Entry], reading: Reading) -> list[Portable]:
    """Return the tasks of entries; those without an id are known again by what they say.

    Args:
        entries: The entries; a parent of the indentation comes before its parts.
        reading: Who reads the file, and when.
    """
    portables = []
    uuids: dict[Entry, UUID] = {}
    alike: Counter[str] = Counter()
    taken: set[UUID] = set()
    for entry in entries:
        with reading.entry(entry.line, entry.title):
            found = _portable(entry, reading)
            above = uuids.get(entry.parent) if entry.parent else None
            key = f"{entry.title}|{found.task.due}|{above}|{entry.project}|{entry.completed_at}"
            alike[key] += 1
            uuid = lasting_uuid(entry.uid or f"{key}|{alike[key]}")
            if uuid in taken:
                raise ValueError("its id stands twice in the file")
            taken.add(uuid)
            uuids[entry] = uuid
            portables.append(
                replace(
                    found,
                    task=replace(found.task, uuid=uuid),
                    parent=lasting_uuid(entry.parent_uid) if entry.parent_uid else above,
                    blocked_by=tuple(lasting_uuid(uid) for uid in entry.blocked_by),
                    identified=bool(entry.uid),
                )
            )
    return portables


def _portable(entry: Entry, reading: Reading) -> Portable:
    notes = [text for text in entry.notes if text.strip()]
    title = " ".join(_plain(entry.title).split())
    if len(title) > fields.TITLE_LENGTH:
        notes.insert(0, title)
        title = title[: fields.TITLE_LENGTH - 1] + "…"
        reading.tell("titles cut, whole in the notes")
    given: NewFields = {
        "due": entry.due_words or None,
        "priority": entry.priority,
        "tags": _tags(entry.tags, reading),
        "project": " ".join(_plain(entry.project).split())[: fields.PROJECT_LENGTH] or None,
        "repeat": entry.repeat or None,
        "notes": _plain("\n".join(notes))[: fields.NOTES_LENGTH],
    }
    return task_from_file(
        reading,
        title,
        line=entry.line,
        given=given,
        status="done" if entry.done else "open",
        created_at=entry.created_at,
        completed_at=entry.completed_at,
        due=entry.due,
        from_completion=entry.from_completion,
    )


def _tags(names: Iterable[str], reading: Reading) -> list[str]:
    words = [re.sub(r"[^\w./-]+", "-", name.strip().lstrip("#@")).strip("-") for name in names]
    cut = [word[: fields.TAG_LENGTH] for word in words if word]
    if len(cut) > fields.MOST_TAGS:
        reading.tell("tags beyond the twentieth")
    return list(dict.fromkeys(cut))[: fields.MOST_TAGS]


def _plain(text: str) -> str:
    """Return a text without control characters and halves of characters."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", kept)
