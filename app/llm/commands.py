"""Read the offline command language: whole lines, a closed grammar, nothing guessed.

    add <title> [due <when>] [#tag] [!high]     list [today|overdue|week|upcoming|all]
    done 3 4     reopen 3     delete 3          undo     help

A plain day may also close an `add` line without the word `due`: `add buy milk tomorrow`.
"""

import re
from dataclasses import dataclass
from typing import Any

HELP = """\
add <title> [due <when>] [#tag] [!high]   for example: add Pay rent due tomorrow #home !high
list [today|overdue|week|upcoming|all]
done 3 4     reopen 3     delete 3
undo
help
<when> is such as tomorrow, friday at 5pm, in 3 days, march 15, or YYYY-MM-DD HH:MM."""

_WHENS = ("today", "overdue", "week", "upcoming", "all")

_WHEN = r"today|tomorrow|\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2})?"
_MARKED_DUE = re.compile(r"(?P<title>.+)\sdue(?:\s+|:\s*)(?:(?:on|by)\s+)?(?P<due>.+)", re.I)
_BARE_DUE = re.compile(rf"(?P<title>.+?)\s+(?:(?:on|by)\s+)?(?P<due>{_WHEN})", re.I)
_NOT_BEFORE_DUE = re.compile(r"\b(for|of|about|from|until|till|since|the|to|and|or)$", re.I)
_MARK = re.compile(r"\s+(?:#(?P<tag>[\w./-]+)|!(?P<priority>high|medium|low))$", re.I)
_IDS = re.compile(r"#?\d{1,9}(?:(?:\s*,\s*|\s+and\s+|\s+)#?\d{1,9})*", re.I)
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
    if verb == "add" and rest:
        return _read_add(rest)
    if verb == "list" and rest.lower() in ("", *_WHENS):
        return Command("list_tasks", _list_args(rest.lower()))
    if verb in _ID_TOOLS and _IDS.fullmatch(rest):
        return Command(_ID_TOOLS[verb], {"task_ids": [int(n) for n in re.findall(r"\d+", rest)]})
    if verb in ("undo", "help") and not rest:
        return Command("undo", {}) if verb == "undo" else Command(None, {})
    return None


def _list_args(when: str) -> dict[str, Any]:
    return {"": {}, "all": {"status": "all"}}.get(when, {"when": when})


def _read_add(rest: str) -> Command | None:
    args: dict[str, Any] = {}
    rest = _take_marks(f" {rest}", args)
    if match := _MARKED_DUE.fullmatch(rest):
        args["due"] = match["due"]
    elif match := _BARE_DUE.fullmatch(rest):
        if _NOT_BEFORE_DUE.search(match["title"]):
            match = None
        else:
            args["due"] = match["due"]
    title = _take_marks(f" {match['title']}", args) if match else rest
    if "tags" in args:
        args["tags"].reverse()
    title = re.sub(r'^"(.+)"$', r"\1", title)
    return Command("add_task", {"title": title, **args}) if title else None


def _take_marks(text: str, args: dict[str, Any]) -> str:
    """Take #tags and !priorities off the end, into `args`."""
    while match := _MARK.search(text):
        if match["tag"]:
            args.setdefault("tags", []).append(match["tag"])
        else:
            args.setdefault("priority", match["priority"].lower())
        text = text[: match.start()]
    return text.strip()
