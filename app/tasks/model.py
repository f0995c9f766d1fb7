"""Name the words of the domain: task, status, priority, recurrence, owner, page, answer."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
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
class Recurrence:
    """How a task repeats: an RFC 5545 rule, where its count begins, and the person's words.

    `anchor` is a local wall time without a zone. `from_completion` counts from the day of
    completion instead.
    """

    rule: str
    anchor: datetime
    text: str
    from_completion: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One task as it stands.

    `due` is a `date` (the whole day, no time, no zone) or an aware `datetime` (a wall time
    in its zone). `id` counts from 1 for each user and is never given out twice; `uuid` stays
    the same through export and import. `parent_id` and `blocked_by` name tasks of the same
    user.
    """

    id: int
    title: str
    status: Status
    created_at: datetime
    uuid: UUID
    notes: str = ""
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    project: str | None = None
    due: date | datetime | None = None
    due_text: str | None = None
    repeat: Recurrence | None = None
    parent_id: int | None = None
    blocked_by: tuple[int, ...] = ()
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks of a list, and how many there are in all.

    `blockers` are the open tasks that some of them wait for, by id. `times` says how often
    a repeating task was done in the days that were asked for, and `done_at` when last. `now` is
    when it was asked, in the person's zone, and `overdue` how many open tasks are overdue where
    days were asked for that leave them out.
    """

    tasks: tuple[Task, ...]
    total: int
    offset: int
    blockers: dict[int, tuple[int, ...]] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)
    done_at: dict[int, datetime] = field(default_factory=dict)
    now: datetime | None = field(default=None, compare=False)
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one id: the task as it is now, and whether this call changed it.

    `moved_on` says that a repeating task has gone to its next due instead of being done.
    `open_subtasks` and `open_blockers` are what a completed task left behind.
    """

    id: int
    task: Task | None
    changed: bool
    moved_on: bool = False
    open_subtasks: tuple[int, ...] = ()
    open_blockers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    """A change that was reverted: what it was, when it was made, and its tasks as they are now."""

    action: str
    made_at: datetime
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """A span of days, both ends counted; without an end it goes on for ever."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Stats:
    """How a person's tasks stand, and what they did in a span of days."""

    days: Days
    open: int
    overdue: int
    due_today: int
    added: int
    completed: int
    by_project: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Portable:
    """A task on its way out of or into the store: its links are UUIDs, not ids.

    `completions` are the done instances of a repeating task. `line` says where in a file it
    was read. A task that comes in with id 0 gets the next one. `identified` says that the file
    has an id of its own for the task, so that its UUID is the same each time the file is read.
    """

    task: Task
    parent: UUID | None = None
    blocked_by: tuple[UUID, ...] = ()
    completions: tuple[datetime, ...] = ()
    line: int = 0
    identified: bool = False


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What an import did, in numbers of tasks."""

    added: int
    updated: int
    skipped: int
