"""Map tasks to rows and back; the tables are made by the migrations."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, RowMapping, String, Table
from sqlalchemy import Text as LongText

from app.database import PREFIX, UtcDateTime, metadata
from app.tasks.fields import title_key
from app.tasks.model import Priority, Status, Task

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
    Column("title", String, nullable=False),
    Column("title_key", String, nullable=False),
    Column("notes", LongText, nullable=False),
    Column("status", String, nullable=False),
    Column("priority", String),
    Column("tags", LongText, nullable=False),
    Column("due_date", Date),
    Column("due_local", DateTime),
    Column("due_zone", String),
    Column("due_utc", UtcDateTime),
    Column("due_text", String),
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


def to_row(task: Task) -> dict[str, Any]:
    """Return the columns of a task but for its owner.

    A due date fills `due_date` only; a due time fills its local day there too, so that one
    column answers "what is due today", and the UTC instant answers "what is overdue".
    Tags are kept as `|home|work|`, so that one LIKE finds a whole tag.
    """
    timed = task.due if isinstance(task.due, datetime) else None
    return {
        "id": task.id,
        "title": task.title,
        "title_key": title_key(task.title),
        "notes": task.notes,
        "status": task.status.value,
        "priority": task.priority and task.priority.value,
        "tags": f"|{'|'.join(task.tags)}|" if task.tags else "",
        "due_date": timed.date() if timed else task.due,
        "due_local": timed and timed.replace(tzinfo=None),
        "due_zone": timed and str(timed.tzinfo),
        "due_utc": timed,
        "due_text": task.due_text,
        "created_at": task.created_at,
        "completed_at": task.completed_at,
    }


def from_row(row: RowMapping) -> Task:
    """Return the task of a row."""
    due: date | datetime | None = row["due_date"]
    if row["due_local"] is not None:
        due = row["due_local"].replace(tzinfo=ZoneInfo(row["due_zone"]))
    return Task(
        id=row["id"],
        title=row["title"],
        status=Status(row["status"]),
        created_at=row["created_at"],
        notes=row["notes"],
        priority=Priority(row["priority"]) if row["priority"] else None,
        tags=tuple(tag for tag in row["tags"].split("|") if tag),
        due=due,
        due_text=row["due_text"],
        completed_at=row["completed_at"],
    )


_INSTANTS = ("due_local", "due_utc", "created_at", "completed_at")


def to_snapshot(task: Task) -> dict[str, Any]:
    """Return a task as JSON keeps it in the history of changes."""
    row = to_row(task)
    for name in ("due_date", *_INSTANTS):
        row[name] = row[name] and row[name].isoformat()
    return row


def from_snapshot(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that a snapshot holds."""
    row = dict(snapshot)
    row["due_date"] = row["due_date"] and date.fromisoformat(row["due_date"])
    for name in _INSTANTS:
        row[name] = row[name] and datetime.fromisoformat(row[name])
    return row
