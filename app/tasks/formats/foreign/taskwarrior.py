"""Read Taskwarrior's `task export`; a recurring template and its instances are one task."""

from typing import Any

from ... import Portable
from ..reading import Reading
from .date_cells import day_or_time, instant_of
from .entry import Entry, made
from .records import objects, parsed

_PRIORITIES = {"H": "high", "M": "medium", "L": "low"}
_KNOWN = frozenset(
    [
        "id",
        "description",
        "due",
        "entry",
        "modified",
        "priority",
        "project",
        "status",
        "uuid",
        "annotations",
        "tags",
        "urgency",
        "recur",
        "rtype",
        "mask",
        "imask",
        "parent",
        "until",
        "depends",
        "end",
        "start",
        "wait",
        "scheduled",
    ]
)
_WORDS = {
    "daily": "FREQ=DAILY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekly": "FREQ=WEEKLY",
    "biweekly": "FREQ=WEEKLY;INTERVAL=2",
    "fortnight": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
    "bimonthly": "FREQ=MONTHLY;INTERVAL=2",
    "quarterly": "FREQ=MONTHLY;INTERVAL=3",
    "semiannual": "FREQ=MONTHLY;INTERVAL=6",
    "annual": "FREQ=YEARLY",
    "yearly": "FREQ=YEARLY",
    "biannual": "FREQ=YEARLY;INTERVAL=2",
}
_UNITS = {"d": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "q": "MONTHLY", "y": "YEARLY"}


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.

    Raises:
        TaskRefusal: It is no JSON.
    """
    value = parsed(text, reading)
    records = objects([value] if isinstance(value, dict) else value)
    instances: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        if record.get("parent") and record.get("status") in ("pending", "waiting"):
            instances.setdefault(str(record["parent"]), []).append(record)
    templates = {str(one.get("uuid")) for one in records if one.get("status") == "recurring"}
    entries = []
    for number, record in enumerate(records, 1):
        status, uid = record.get("status"), str(record.get("uuid", ""))
        if status == "deleted":
            reading.tell("deleted tasks")
            continue
        is_instance = str(record.get("parent")) in templates and status in ("pending", "waiting")
        if is_instance:
            continue
        with reading.entry(number, str(record.get("description", ""))):
            due = min(
                (str(one["due"]) for one in instances.get(uid, []) if "due" in one), default=None
            )
            entries.append(_entry(record, due, number, reading))
    return made(entries, reading)


def _entry(record: dict[str, Any], due: str | None, number: int, reading: Reading) -> Entry:
    zone = reading.request.owner.zone
    due = due or record.get("due")
    status = record.get("status", "pending")
    notes = [str(note.get("description", "")) for note in objects(record.get("annotations"))]
    for name in ("wait", "scheduled"):
        if name in record:
            day = day_or_time(instant_of(str(record[name]), zone), zone)
            notes.append(f"{name.capitalize()}: {day:%Y-%m-%d}")
    notes += [f"{name}: {value}" for name, value in record.items() if name not in _KNOWN]
    depends = record.get("depends") or []
    tags = record.get("tags") or []
    return Entry(
        str(record["description"]),
        number,
        due=day_or_time(instant_of(str(due), zone), zone) if due else None,
        repeat=_rule(record, reading) if status == "recurring" else "",
        priority=_PRIORITIES.get(str(record.get("priority"))),
        tags=[str(tag) for tag in (tags.split(",") if isinstance(tags, str) else tags)],
        project=str(record.get("project", "")),
        notes=notes,
        done=status == "completed",
        completed_at=instant_of(str(record["end"]), zone) if record.get("end") else None,
        created_at=instant_of(str(record["entry"]), zone) if record.get("entry") else None,
        uid=str(record.get("uuid", "")),
        blocked_by=[
            str(one) for one in (depends.split(",") if isinstance(depends, str) else depends)
        ],
    )


def _rule(record: dict[str, Any], reading: Reading) -> str:
    """Return the rule of a template: its word or its number and unit, and its end."""
    recur = str(record.get("recur", "")).lower()
    rule = _WORDS.get(recur)
    if rule is None:
        digits = "".join(each for each in recur if each.isdigit()) or "1"
        unit = recur.removeprefix("p").lstrip("0123456789 ")[:1]
        if unit not in _UNITS:
            reading.tell(f'the repetition "{recur}" of "{record.get("description")}"')
            return ""
        every = int(digits[:6]) * (3 if unit == "q" else 1)
        rule = f"FREQ={_UNITS[unit]};INTERVAL={every}"
    if record.get("until"):
        last = instant_of(str(record["until"]), reading.request.owner.zone)
        rule += f";UNTIL={last.astimezone(reading.request.owner.zone):%Y%m%d}"
    return rule
