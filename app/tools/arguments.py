"""Repair what models send as arguments, before it is checked."""

import json
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

_APART = r"\s*[,;&]\s*(?:and\s+)?|\s+and\s+|\s+"
_IDS_APART = re.compile(_APART, re.IGNORECASE)
_IDS = re.compile(rf"#?\d{{1,9}}(?:(?:{_APART})#?\d{{1,9}})*[,;]?", re.IGNORECASE)
_NOTHING = frozenset({"", "null", "undefined", "n/a", "nil"})
_NO_DUE = frozenset({"no due date", "no due", "no date", "no deadline"})


def _optional(value: Any) -> Any:
    """Read `"null"` and blank text as not given, and any other scalar as text."""
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, str):
        return None if value.strip().lower() in _NOTHING else value.strip()
    return value


def _due(value: Any) -> Any:
    """Read words such as "no due date" as the word that clears."""
    value = _optional(value)
    return "none" if isinstance(value, str) and value.lower() in _NO_DUE else value


def _words(value: Any) -> Any:
    """Read a JSON list in a string, or words apart by commas, as a list of text."""
    value = _from_json(_optional(value))
    if isinstance(value, str):
        return [word for word in re.split(r"[,\s]+", value) if word]
    if isinstance(value, list):
        return [word for word in map(_optional, value) if word is not None]
    return value


def _task_id(value: Any) -> Any:
    """Read `"#12"`, `12.0`, `[12]` and `{"id": 12}` as 12."""
    value = _from_json(value)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict) and len(ids := [v for k, v in value.items() if "id" in str(k)]) == 1:
        value = ids[0]
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
            [_task_id(part) for part in _IDS_APART.split(value.strip(" \t\n,;"))]
            if (_IDS.fullmatch(value.strip()))
            else [value]
        )
    return [_task_id(item) for item in value] if isinstance(value, list) else [_task_id(value)]


def _given(value: Any) -> Any:
    """Read blank text, `"null"` and an empty list as not given."""
    value = _from_json(value)
    if isinstance(value, str) and value.strip().lower() in _NOTHING:
        return None
    return None if value == [] else value


def _cleared(value: Any) -> Any:
    """Read the id 0, which no task has, as the word that clears; types stay plain that way."""
    return "none" if value == 0 and not isinstance(value, bool) else value


def _unless_none(value: Any) -> Any:
    """Read "none" as not given, where there is nothing yet that it could clear."""
    if isinstance(value, str) and value.strip().lower() == "none":
        return None
    return None if _from_json(value) in (["none"], [0], ["0"]) else value


def _switch(value: Any) -> Any:
    return False if _optional(value) is None else value


def _number(value: Any) -> Any:
    return 0 if _optional(value) is None else value


def _from_json(value: Any) -> Any:
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _nullable(kind: str, description: str, **more: Any) -> WithJsonSchema:
    """Return the schema of an optional parameter; a list of types costs less than `anyOf`."""
    return WithJsonSchema({"type": [kind, "null"], "description": description, **more})


def _text(description: str) -> Any:
    return Annotated[str | None, BeforeValidator(_optional), _nullable("string", description)]


def _tags(description: str) -> Any:
    schema = _nullable("array", description, items={"type": "string"})
    return Annotated[list[str] | None, BeforeValidator(_words), schema]


def _fresh(kind: Any) -> Any:
    """Return the kind of an optional parameter in which "none" is as good as not given."""
    return Annotated[kind, BeforeValidator(_unless_none)]


def _integer(description: str) -> Any:
    return Annotated[int | None, BeforeValidator(_number), _nullable("integer", description)]


def _switched(description: str) -> Any:
    return Annotated[bool | None, BeforeValidator(_switch), _nullable("boolean", description)]


Reference = Annotated[int, Field(strict=True)] | str

Title = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value),
    Field(description="What to do, in the person's words, without the date."),
]
NewTitle = _fresh(_text("New title."))
_DUE = "Date or phrase: 2026-03-13 17:00, friday at 5pm, in 3 days."
Due = Annotated[
    str | None,
    BeforeValidator(lambda value: _unless_none(_due(value))),
    _nullable("string", _DUE),
]
NewDue = Annotated[
    str | None, BeforeValidator(_due), _nullable("string", "As in add_task; none removes it.")
]
Priority = _fresh(_text("high, medium or low."))
NewPriority = _text("high, medium, low; none clears.")
Tags = _fresh(_tags("Single words."))
GoneTags = _tags("Single words.")
Project = _fresh(_text("Name of a project."))
NewProject = _text("Name; none clears.")
Repeat = _fresh(_text("Phrase or RRULE: every mon and thu, every 3 days after completion."))
NewRepeat = _text("As in add_task; none ends it. A new due keeps it.")
Notes = _fresh(_text("Longer text."))
NewNotes = _text("Longer text; none clears.")
When = _text(
    "today, overdue, week, upcoming, no_date, all, last week, a due phrase, or A..B. "
    "With status=done: when completed."
)
Status = _text("open (default), done, deleted or all.")
Text = _text("Words in title or notes.")
Tag = _text("Only this tag.")
OfProject = _text("Only this project.")
OfPriority = _text("Only this priority.")
Sort = _text("urgency (default), due, priority, created, completed or title.")
Offset = _integer("Lines to pass over.")
Steps = _integer("How many changes; default 1.")
Period = _text("As when of done tasks; default the last 7 days.")
Skip = _switched("True: repeating tasks go to their next due without being done.")
AllowDuplicate = _switched("True: add it though one with this title and due is open.")
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
ParentId = _fresh(
    Annotated[
        Reference | None,
        BeforeValidator(lambda value: _task_id(_given(value))),
        _nullable("integer", "Id of the task it is a part of."),
    ]
)
NewParentId = Annotated[
    Reference | None,
    BeforeValidator(lambda value: _cleared(_task_id(_given(value)))),
    _nullable("integer", "Id; 0 clears."),
]
BlockedBy = _fresh(
    Annotated[
        list[Reference] | None,
        BeforeValidator(lambda value: None if _given(value) is None else _task_ids(value)),
        _nullable("array", "Ids of tasks to be done first.", items={"type": "integer"}),
    ]
)
NewBlockedBy = Annotated[
    list[Reference] | None,
    BeforeValidator(
        lambda value: None if _given(value) is None else [_cleared(one) for one in _task_ids(value)]
    ),
    _nullable("array", "All of their ids; [0] clears.", items={"type": "integer"}),
]
