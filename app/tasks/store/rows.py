"""Map tasks to rows and back; the tables are made by the migrations."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, RowMapping, String, Table
from sqlalchemy import Text as LongText

from ...database import PREFIX, UtcDateTime, metadata
from ..fields import project_key, title_key
from ..model import Priority, Recurrence, Status, Task
from .search import folded

counters = Table(
    f"{PREFIX}task_counters",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("last_task_id", Integer, nullable=False),
)

tasks = Table(
    f"{PREFIX}tasks",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("uuid", String, nullable=False),
    Column("title", String, nullable=False),
    Column("title_key", String, nullable=False),
    Column("notes", LongText, nullable=False),
    Column("search", LongText, nullable=False),
    Column("status", String, nullable=False),
    Column("priority", String),
    Column("tags", LongText, nullable=False),
    Column("project", String),
    Column("project_key", String),
    Column("parent_id", Integer),
    Column("blocked_by", LongText, nullable=False),
    Column("due_date", Date),
    Column("due_local", DateTime),
    Column("due_zone", String),
    Column("due_utc", UtcDateTime),
    Column("due_text", String),
    Column("repeat_rule", String),
    Column("repeat_anchor", DateTime),
    Column("repeat_text", String),
    Column("repeat_from_completion", Boolean),
    Column("created_at", UtcDateTime, nullable=False),
    Column("completed_at", UtcDateTime),
)

changes = Table(
    f"{PREFIX}task_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("action", String, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("undone", Boolean, nullable=False),
)

completions = Table(
    f"{PREFIX}completions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", String, nullable=False),
    Column("change_id", Integer, nullable=False),
    Column("task_id", Integer, nullable=False),
    Column("completed_at", UtcDateTime, nullable=False),
)
"""The done instances of repeating tasks, whose row itself stays open."""

calls = Table(
    f"{PREFIX}calls",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("result", LongText, nullable=False),
)
"""The tool calls that were carried out, with what they answered."""


def to_row(task: Task) -> dict[str, Any]:
    """Return the columns of a task but for its owner.

    A due date fills `due_date` only; a due time fills its local day there too, so that one
    column answers "what is due today", and the UTC instant answers "what is overdue".
    Tags and blockers are kept as `|home|work|`, so that one LIKE finds a whole one.
    """
    timed = task.due if isinstance(task.due, datetime) else None
    repeat = task.repeat
    return {
        "id": task.id,
        "uuid": str(task.uuid),
        "title": task.title,
        "title_key": title_key(task.title),
        "notes": task.notes,
        "search": folded(task.title, task.notes),
        "status": task.status.value,
        "priority": task.priority and task.priority.value,
        "tags": _listed(task.tags),
        "project": task.project,
        "project_key": task.project and project_key(task.project),
        "parent_id": task.parent_id,
        "blocked_by": _listed(map(str, task.blocked_by)),
        "due_date": timed.date() if timed else task.due,
        "due_local": timed and timed.replace(tzinfo=None),
        "due_zone": timed and str(timed.tzinfo),
        "due_utc": timed,
        "due_text": task.due_text,
        "repeat_rule": repeat and repeat.rule,
        "repeat_anchor": repeat and repeat.anchor,
        "repeat_text": repeat and repeat.text,
        "repeat_from_completion": repeat and repeat.from_completion,
        "created_at": task.created_at,
        "completed_at": task.completed_at,
    }


def from_row(row: RowMapping) -> Task:
    """Return the task of a row."""
    due: date | datetime | None = row["due_date"]
    if row["due_local"] is not None:
        timed: datetime = row["due_local"].replace(tzinfo=ZoneInfo(row["due_zone"]))
        second = timed.astimezone(UTC) != row["due_utc"]  # of two equal wall times
        due = timed.replace(fold=1) if second else timed
    repeat = None
    if row["repeat_rule"]:
        from_completion = bool(row["repeat_from_completion"])
        repeat = Recurrence(
            row["repeat_rule"], row["repeat_anchor"], row["repeat_text"] or "", from_completion
        )
    return Task(
        id=row["id"],
        uuid=UUID(row["uuid"]),
        title=row["title"],
        status=Status(row["status"]),
        created_at=row["created_at"],
        notes=row["notes"],
        priority=Priority(row["priority"]) if row["priority"] else None,
        tags=tuple(tag for tag in row["tags"].split("|") if tag),
        project=row["project"],
        due=due,
        due_text=row["due_text"],
        repeat=repeat,
        parent_id=row["parent_id"],
        blocked_by=ids_in(row["blocked_by"]),
        completed_at=row["completed_at"],
    )


def ids_in(listed: str) -> tuple[int, ...]:
    """Return the ids in a column like `|3|5|`."""
    return tuple(int(task_id) for task_id in listed.split("|") if task_id)


def _listed(words: Any) -> str:
    inner = "|".join(words)
    return f"|{inner}|" if inner else ""


_INSTANTS = ("due_local", "due_utc", "repeat_anchor", "created_at", "completed_at")


def to_snapshot(task: Task) -> dict[str, Any]:
    """Return a task as JSON keeps it in the history of changes."""
    row = to_row(task)
    for name in ("due_date", *_INSTANTS):
        row[name] = row[name] and row[name].isoformat()
    return row


def from_snapshot(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that a snapshot holds; an old one may hold fewer."""
    row = dict(snapshot)
    row["due_date"] = row["due_date"] and date.fromisoformat(row["due_date"])
    for name in _INSTANTS:
        if row.get(name):
            row[name] = datetime.fromisoformat(row[name])
    row["search"] = folded(row["title"], row["notes"])
    return row
