"""Make a task out of the fields of a request, and a changed one out of what should change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from ..errors import TaskRefusal
from . import fields
from .dates import wall_time
from .model import Owner, Recurrence, Status, Task


class NewFields(TypedDict, total=False):
    """The fields of a new task besides its title; None or "" counts as not given."""

    due: str | None
    priority: str | None
    tags: Iterable[str]
    project: str | None
    repeat: str | None
    notes: str | None
    parent_id: int | str | None
    blocked_by: Sequence[int | str] | None


class ChangedFields(TypedDict, total=False):
    """What may change in a task. None or "" leaves a field alone, `none` or `clear` empties it."""

    title: str | None
    due: str | None
    priority: str | None
    add_tags: Iterable[str]
    remove_tags: Iterable[str]
    project: str | None
    repeat: str | None
    notes: str | None
    parent_id: int | str | None
    blocked_by: Sequence[int | str] | None


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who asks for something, when, and how they write dates."""

    owner: Owner
    now: datetime
    day_first: bool = False

    def due(self, text: str) -> date | datetime:
        """Return the due that a phrase means; see `resolve_due`."""
        from .dates import resolve_due

        return resolve_due(text, self.now, self.owner.zone, day_first=self.day_first)


def drafted(
    title: str, given: NewFields, request: RequestContext, uuid: Callable[[], UUID]
) -> Task:
    """Return a new task, still without an id, parent and blockers.

    Args:
        title: Its title.
        given: Its other fields.
        request: Who asks, and when: dates are read so.
        uuid: Makes its UUID.

    Raises:
        TaskRefusal: A field can't be used.
    """
    due, priority, project = given.get("due"), given.get("priority"), given.get("project")
    task = Task(
        id=0,
        title=fields.title_of(title),
        status=Status.OPEN,
        created_at=request.now,
        uuid=uuid(),
        notes=fields.notes_of(given.get("notes") or ""),
        priority=fields.priority_of(priority) if priority else None,
        tags=fields.tags_of(given.get("tags") or ()),
        project=fields.project_of(project) if project else None,
        due=request.due(due) if due else None,
        due_text=fields.original_words(due) if due else None,
    )
    repeat = given.get("repeat")
    return _repeating(task, repeat, request, keep_due=due is not None) if repeat else task


def edited(task: Task, given: ChangedFields, request: RequestContext) -> Task:
    """Return a task with its own fields changed; parent and blockers are left alone.

    Args:
        task: The task as it is.
        given: What should change.
        request: Who asks, and when: dates are read so.

    Raises:
        TaskRefusal: A field can't be used.
    """
    if title := given.get("title"):
        task = replace(task, title=fields.title_of(title))
    if priority := given.get("priority"):
        clear = fields.clears(priority)
        task = replace(task, priority=None if clear else fields.priority_of(priority))
    if project := given.get("project"):
        clear = fields.clears(project)
        task = replace(task, project=None if clear else fields.project_of(project))
    if notes := given.get("notes"):
        task = replace(task, notes="" if fields.clears(notes) else fields.notes_of(notes))
    task = replace(task, tags=_retagged(task.tags, given))
    return _rescheduled(task, given, request)


def _rescheduled(task: Task, given: ChangedFields, request: RequestContext) -> Task:
    """Change due and repeat; a new due keeps the rule, only its own word clears it."""
    due, repeat = given.get("due"), given.get("repeat")
    if repeat and fields.clears(repeat):
        task, repeat = replace(task, repeat=None), None
    if due and fields.clears(due):
        if task.repeat or repeat:
            raise TaskRefusal(
                f"#{task.id} repeats, so it needs a due. Send repeat=none as well, or another due."
            )
        task = replace(task, due=None, due_text=None)
    elif due:
        task = replace(task, due=request.due(due), due_text=fields.original_words(due))
        task = replace(task, repeat=_retimed(task))
    if repeat:
        task = _repeating(task, repeat, request, keep_due=bool(due))
    return task


def _repeating(task: Task, text: str, request: RequestContext, *, keep_due: bool) -> Task:
    """Give a task a rule; where its due isn't one of the rule's, the rule says the first due."""
    from .dates import falls_on, parse_repeat, recurrence

    rule, first = parse_repeat(text, request.now, request.owner.zone, day_first=request.day_first)
    due = task.due
    if due is not None and isinstance(first, datetime) and not isinstance(due, datetime):
        due = wall_time(due, first.time(), request.owner.zone)
    if due is None or not (keep_due or falls_on(rule, due)):
        if isinstance(due, datetime) and not isinstance(first, datetime):
            first = wall_time(first, due.time(), request.owner.zone)
        due = first
    return replace(task, due=due, repeat=recurrence(text, rule, due))


def _retimed(task: Task) -> Recurrence | None:
    """Return the recurrence of a task whose next dues have the time of day of this one.

    The rule says on which days, the due at which time. A due without a time needs nothing:
    `next_due` leaves the time away then.
    """
    repeat, due = task.repeat, task.due
    if repeat is None or not isinstance(due, datetime):
        return repeat
    anchor = repeat.anchor.replace(hour=due.hour, minute=due.minute)
    return replace(repeat, anchor=anchor)


def _retagged(tags: tuple[str, ...], given: ChangedFields) -> tuple[str, ...]:
    dropped = list(given.get("remove_tags") or ())
    gone = tags if any(map(fields.clears, dropped)) else fields.tags_of(dropped)
    kept = [tag for tag in tags if tag not in gone]
    return fields.tags_of([*kept, *(given.get("add_tags") or ())])
