"""Read the offline command language: whole lines, a closed grammar, nothing guessed.

    add <title> [due <when>] [#tag] [!high]     list [today|overdue|week|upcoming|all]
    done 3 4     reopen 3     delete 3          undo     help

How a line after `add` is read, `quick_lines` says.
"""

from dataclasses import dataclass
from typing import Any

from ...tasks import read_ids, read_task

HELP = """\
add <title> [due <when>] [#tag] [!high]   for example: add Pay rent due tomorrow #home !high
list [today|overdue|week|upcoming|all]
done 3 4     reopen 3     delete 3
undo
help
<when> is such as tomorrow, friday at 5pm, in 3 days, march 15, or YYYY-MM-DD HH:MM."""

_WHENS = ("today", "overdue", "week", "upcoming", "all")

_ID_TOOLS = {"done": "complete_tasks", "reopen": "reopen_tasks", "delete": "delete_tasks"}


@dataclass(frozen=True, slots=True)
class Command:
    """A tool to call with its arguments; `help` calls none."""

    tool: str | None
    args: dict[str, Any]


def read_commands(text: str) -> list[Command] | None:
    """Return the commands of a message, one a line, or None when any line is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    commands = [_read_line(line) for line in lines]
    if not commands or None in commands:
        return None
    return [command for command in commands if command is not None]


def _read_line(line: str) -> Command | None:
    verb, _, rest = line.partition(" ")
    verb, rest = verb.lower(), rest.strip()
    if verb == "add" and (task := read_task(rest)):
        return Command("add_task", {"title": task.title, **task.fields})
    if verb == "list" and rest.lower() in ("", *_WHENS):
        return Command("list_tasks", _list_args(rest.lower()))
    if verb in _ID_TOOLS and (task_ids := read_ids(rest)):
        return Command(_ID_TOOLS[verb], {"task_ids": task_ids})
    if verb in ("undo", "help") and not rest:
        return Command("undo", {}) if verb == "undo" else Command(None, {})
    return None


def _list_args(when: str) -> dict[str, Any]:
    return {"": {}, "all": {"status": "all"}}.get(when, {"when": when})
