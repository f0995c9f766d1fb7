"""Repair what models send as arguments, before it is checked."""

import json
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

_IDS = re.compile(r"#?\d{1,9}(?:(?:\s*,\s*|\s+and\s+|\s+)#?\d{1,9})*", re.IGNORECASE)
_IDS_APART = re.compile(r"\s*,\s*|\s+and\s+|\s+", re.IGNORECASE)
_NOTHING = frozenset({"", "null", "undefined"})


def _optional(value: Any) -> Any:
    """Read `"null"` and blank text as not given, and any other scalar as text."""
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, str):
        return None if value.strip().lower() in _NOTHING else value.strip()
    return value


def _words(value: Any) -> Any:
    """Read a JSON list in a string, or words apart by commas, as a list of text."""
    value = _from_json(_optional(value))
    if isinstance(value, str):
        return [word for word in re.split(r"[,\s]+", value) if word]
    return value


def _task_id(value: Any) -> Any:
    """Read `"#12"` and `12.0` as 12."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and (match := re.fullmatch(r"\s*#?(\d{1,9})\s*", value)):
        return int(match[1])
    return value


def _task_ids(value: Any) -> Any:
    """Read `5`, `"#5"`, `"1, 2 and 3"` and a JSON list in a string as a list of ids.

    Any other text is a title: the service takes it where exactly one open task has it.
    """
    value = _from_json(value)
    if isinstance(value, str):
        return (
            [_task_id(part) for part in _IDS_APART.split(value.strip())]
            if (_IDS.fullmatch(value.strip()))
            else [value]
        )
    return [_task_id(item) for item in value] if isinstance(value, list) else [_task_id(value)]


def _switch(value: Any) -> Any:
    return False if _optional(value) is None else value


def _number(value: Any) -> Any:
    return 0 if _optional(value) is None else value


def _from_json(value: Any) -> Any:
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


Title = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value),
    Field(description="What to do, in the person's words, without the date."),
]
NewTitle = Annotated[str | None, BeforeValidator(_optional), Field(description="New title.")]
Due = Annotated[
    str | None,
    BeforeValidator(_optional),
    Field(description="YYYY-MM-DD, YYYY-MM-DD HH:MM, or English words such as tomorrow."),
]
NewDue = Annotated[
    str | None,
    BeforeValidator(_optional),
    Field(description="As in add_task; 'none' removes it."),
]
Priority = Annotated[
    str | None, BeforeValidator(_optional), Field(description="high, medium or low.")
]
NewPriority = Annotated[
    str | None, BeforeValidator(_optional), Field(description="high, medium, low; 'none' clears.")
]
Tags = Annotated[
    list[str] | None, BeforeValidator(_words), Field(description="Single words without #.")
]
Notes = Annotated[str | None, BeforeValidator(_optional), Field(description="Longer text.")]
NewNotes = Annotated[
    str | None, BeforeValidator(_optional), Field(description="Longer text; 'none' clears.")
]
When = Annotated[
    str | None, BeforeValidator(_optional), Field(description="today, overdue or all (default).")
]
Status = Annotated[
    str | None, BeforeValidator(_optional), Field(description="open (default), done or all.")
]
Tag = Annotated[str | None, BeforeValidator(_optional), Field(description="Only this tag.")]
Offset = Annotated[
    int | None, BeforeValidator(_number), Field(description="How many lines to pass over.")
]
Reference = Annotated[int, Field(strict=True)] | str
TaskId = Annotated[
    Reference,
    BeforeValidator(_task_id),
    WithJsonSchema({"type": "integer", "description": "The number after #."}),
]
TaskIds = Annotated[
    list[Reference],
    BeforeValidator(_task_ids),
    WithJsonSchema(
        {"type": "array", "items": {"type": "integer"}, "description": "The numbers after #."}
    ),
]
AllowDuplicate = Annotated[
    bool | None,
    BeforeValidator(_switch),
    Field(description="True to add a second task with the same title and due."),
]
