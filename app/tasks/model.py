"""Name the words of the domain: task, status, priority, owner, page, answer."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Status(StrEnum):
    """Where a task stands; a deleted one is kept, so that it can come back."""

    OPEN = "open"
    DONE = "done"
    DELETED = "deleted"


class Priority(StrEnum):
    """How much a task matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose tasks, and in which zone their "today" is."""

    user_id: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Task:
    """One task as it stands.

    `due` is a `date` (the whole day, no time, no zone) or an aware `datetime` (a wall time
    in its zone). `id` counts from 1 for each user and is never given out twice.
    """

    id: int
    title: str
    status: Status
    created_at: datetime
    notes: str = ""
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    due: date | datetime | None = None
    due_text: str | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks of a list, and how many there are in all."""

    tasks: tuple[Task, ...]
    total: int
    offset: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one id: the task as it is now, and whether this call changed it."""

    id: int
    task: Task | None
    changed: bool
