"""Take a field that a model calls by another program's name, and refuse one that there isn't.

A field that is dropped in silence is worse than an error: a list without its filter shows
everything, and the model believes it. The other names are those of the same thing in the APIs of
Todoist, Google Tasks and Microsoft To Do, and the habits of small models: camelCase, singular for
plural and back.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, create_model, model_validator

from ..errors import TaskRefusal

_TITLE = ("name", "content", "summary", "subject", "task", "task_name", "task_title", "todo")
_DUE = (
    *("due_date", "due_datetime", "due_string", "due_at", "due_on", "due_time"),
    *("deadline", "date"),
)
_NOTES = ("description", "desc", "body", "details", "comment")
_REPEAT = ("recurrence", "rrule", "recur", "recurring", "repeats", "repetition", "frequency")
_PROJECT = ("project_name", "list", "list_name", "folder", "task_list")
_IDS = ("id", "number", "numbers", "task", "task_number", "item", "item_id")
_PARENT = ("parent", "parent_task", "parent_task_id", "subtask_of")
_BLOCKED = ("depends", "depends_on", "dependency", "blocker", "blocked_by_id", "blocked")
_PRIORITY = ("importance", "prio")
_WHEN = (*_DUE, "due", "day", "range", "date_range", "time_range", "period", "timeframe")

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": _TITLE,
    "due": (*_DUE, "when"),
    "notes": _NOTES,
    "tags": ("label", "category"),
    "project": _PROJECT,
    "repeat": _REPEAT,
    "priority": _PRIORITY,
    "parent_id": _PARENT,
    "blocked_by": _BLOCKED,
    "allow_duplicate": ("force",),
}
OTHER_NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "add_task": {**_FIELDS, "title": (*_TITLE, "text")},
    "list_tasks": {
        "when": _WHEN,
        "status": ("state",),
        "text": ("query", "search", "q", "keyword", "title", "search_text", "words"),
        "tag": ("label", "category"),
        "project": _PROJECT,
        "priority": _PRIORITY,
        "sort": ("sort_by", "order", "order_by", "sorted_by"),
        "offset": ("start", "from_index"),
    },
    "update_task": {
        **{
            name: other
            for name, other in _FIELDS.items()
            if name not in ("tags", "allow_duplicate")
        },
        "task_ids": _IDS,
        "title": (*(word for word in _TITLE if word != "task"), "new_title"),
        "due": (*_DUE, "when", "new_due", "new_due_date"),
        "add_tags": ("add_label", "new_tag"),
        "remove_tags": ("remove_label", "delete_tag"),
    },
    "complete_tasks": {"task_ids": _IDS, "skip": ()},
    "reopen_tasks": {"task_ids": _IDS},
    "delete_tasks": {"task_ids": _IDS},
    "undo": {"steps": ("n", "count", "number", "times", "change")},
    "task_stats": {"period": ("when", "range", "last", "since", "timeframe", "time_range")},
}
"""What else each field of a tool is called, for each tool; of a name that ends in `s` or not,
either form is enough."""

_INSTEAD: Mapping[str, Mapping[str, str]] = {
    "update_task": {
        "status": "to finish, open or delete tasks send complete_tasks, reopen_tasks or "
        "delete_tasks",
        "tags": "send add_tags and remove_tags",
    },
    "list_tasks": {"limit": "a page has 20 lines, the next ones come with offset"},
    "add_task": {"status": "a new task is open, complete_tasks finishes it"},
}
_SAME_AS: Mapping[str, tuple[str, ...]] = {
    "status": ("completed", "is_completed", "done", "is_done", "checked", "state", "complete"),
    "tags": ("labels", "tag", "label", "categories"),
    "limit": ("max", "max_results", "page_size", "per_page", "top"),
    "reminder": ("reminders", "remind", "remind_at", "notify", "notification", "alarm", "alert"),
}
"""Words for what isn't a field, by the word for which something is said."""
_NO_REMINDER = "nothing here can remind or notify; leave it out and tell the person so"
_NOTHING: tuple[Any, ...] = (None, "", [], {})
_OPEN = ("open", "pending", "todo", "needsaction", "notstarted", "active", "incomplete", "false")


def with_known_fields(tool: str, schema: Any) -> type[BaseModel]:
    """Return the schema of a tool that takes other names and refuses fields that there aren't.

    Args:
        tool: Its name.
        schema: Its schema as it was made, which ignores what it doesn't know.
    """
    fields = frozenset(schema.model_fields)

    def read(cls: type[BaseModel], given: Any) -> Any:
        try:
            return known_fields(tool, given, fields) if isinstance(given, Mapping) else given
        except TaskRefusal as error:
            raise ValueError(str(error)) from None  # pydantic keeps it for who tells the model

    reader: Any = classmethod(read)
    validators = {"read": model_validator(mode="before")(reader)}
    named: Any = {"__base__": schema, "__doc__": schema.__doc__, "__validators__": validators}
    return create_model(schema.__name__, **named)


def known_fields(tool: str, given: Mapping[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    """Return the arguments of a call under the tool's own names.

    Args:
        tool: What is called.
        given: The arguments as they came.
        fields: The tool's own names.

    Raises:
        TaskRefusal: One is no field, or one is given twice and differs; the sentence names it
            and says what to send.
    """
    known = {name: value for name, value in given.items() if name in fields}
    unknown: list[str] = []
    for name, value in given.items():
        if name in fields or value in _NOTHING:
            continue
        own, read = _own(tool, name, value, fields)
        if own is None:
            unknown.append(_refused(tool, name, value))
        elif own and known.get(own) in _NOTHING:
            known[own] = read
        elif own and known[own] != read:
            unknown.append(f'"{own}" is given twice, as "{own}" and as "{name}"')
    if [one for one in unknown if one]:
        named = "; ".join(one for one in unknown if one)
        own_names = ", ".join(sorted(fields - {"runtime"}))
        raise TaskRefusal(f"{tool}: {named}. Nothing was done; its fields are {own_names}.")
    return known


def _own(tool: str, name: str, value: Any, fields: frozenset[str]) -> tuple[str | None, Any]:
    """Return a tool's own name for a field; None where it has none, "" where it says nothing."""
    word = _snake(name)
    for own, others in OTHER_NAMES.get(tool, {}).items():
        if own in fields and word in _forms(own, *others):
            return own, value
    if word in _forms("status", *_SAME_AS["status"]):
        if "status" in fields and isinstance(value, bool):
            return "status", "done" if value else "open"
        if tool == "add_task" and str(value).lower().replace("_", "") in _OPEN:
            return "", None
    if word in fields:
        return word, value
    return None, value


def _refused(tool: str, name: str, value: Any) -> str:
    word = _snake(name)
    for said, others in _SAME_AS.items():
        if word in _forms(said, *others):
            if said == "reminder":
                return f'"{name[:40]}" is not kept: {_NO_REMINDER}' if value is not False else ""
            if instead := _INSTEAD.get(tool, {}).get(said):
                return f'there is no "{name[:40]}", {instead}'
    return f'there is no field "{name[:40]}"'


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:80]).lower().replace("-", "_").strip()


def _forms(*names: str) -> set[str]:
    plain = {name.removesuffix("s") for name in names}
    return {*names, *plain, *(f"{name}s" for name in plain)}
