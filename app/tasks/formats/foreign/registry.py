"""List the forms of other programs, and tell from a file's text which it is."""

import re
from collections.abc import Callable, Mapping

from ... import Portable
from ..reading import Reading
from . import (
    google_tasks,
    markdown,
    microsoft_todo,
    org,
    table,
    taskwarrior,
    ticktick_csv,
    todoist_csv,
    todoist_json,
)

READERS: Mapping[str, Callable[[str, Reading], list[Portable]]] = {
    "todoist-csv": todoist_csv.read,
    "todoist-json": todoist_json.read,
    "ticktick": ticktick_csv.read,
    "taskwarrior": taskwarrior.read,
    "google-tasks": google_tasks.read,
    "microsoft-todo": microsoft_todo.read,
    "markdown": markdown.read,
    "org": org.read,
    "table": table.read,
}
_HEAD = 20_000
"""So many characters tell what a file is."""
_OWN_COLUMNS = frozenset(
    [
        "title",
        "due",
        "priority",
        "project",
        "tags",
        "repeat",
        "notes",
        "status",
        "created_at",
        "completed_at",
        "uuid",
        "parent",
        "repeat_from",
    ]
)


def looks_like(text: str) -> str | None:
    """Return the name of the form that a text has, or None."""
    head = text[:_HEAD].lstrip("\ufeff \r\n\t")
    if head.startswith(("[", "{")):
        return _json(head)
    first = head.partition("\n")[0].strip()
    names = {cell.strip(' "\r').lower() for cell in re.split(r"[,;\t]", first)}
    if {"type", "content", "indent"} <= names:
        return "todoist-csv"
    if re.search(r'"?taskId"?,"?parentId"?', head):
        return "ticktick"
    if re.search(r"(?m)^[ \t]{0,40}(?:[-*+]|\d{1,9}[.)]) \[.\] ", head):
        return "markdown"
    if re.search(r"(?m)^\*{1,20} (?:TODO|DONE|NEXT|WAITING)\b|^#\+(?:TITLE|TODO):", head):
        return "org"
    cells = [cell.strip(' "\r') for cell in re.split(r"[,;\t]", first)]
    if first.lower().startswith("sep=") or (
        len(cells) > 1 and table.header_of(cells) and not names <= _OWN_COLUMNS
    ):
        return "table"
    return None


def _json(head: str) -> str | None:
    if '"description"' in head and '"uuid"' in head and '"status"' in head:
        return "taskwarrior"
    if "tasks#" in head:
        return "google-tasks"
    if '"displayName"' in head or '"importance"' in head:
        return "microsoft-todo"
    if '"content"' in head and ('"checked"' in head or '"project_id"' in head):
        return "todoist-json"
    return None
