"""Read Org's headings with a keyword; those without one are projects."""

import re
from datetime import date, datetime

from ... import Portable
from ..reading import Reading
from .date_cells import instant_of
from .entry import Entry, made

_HEADING = re.compile(r"(?P<stars>\*+) +(?P<rest>.*)")
_TAGS = re.compile(r"[ \t](?P<tags>:[\w@#%:]+:)$")
_PRIORITY = re.compile(r"\[#(?P<letter>[A-Z])\] *")
_PLANNED = re.compile(r"(?P<what>DEADLINE|SCHEDULED|CLOSED): *[<\[](?P<stamp>[^>\]\n]{1,80})[>\]]")
_TIME = re.compile(r"\d{1,2}:\d\d")
_REPEAT = re.compile(r"(?<!\S)(?P<kind>\.\+|\+\+|\+)(?P<every>\d{1,4})(?P<unit>[dwmy])")
_UNITS = {"d": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "y": "YEARLY"}
_LETTERS = {"A": "high", "B": "medium", "C": "low"}
_CANCELLED = frozenset({"CANCELLED", "CANCELED"})


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.
    """
    open_words, done_words = {"TODO", "NEXT", "WAITING"}, {"DONE", *_CANCELLED}
    entries: list[Entry] = []
    above: list[tuple[int, Entry | None, str, list[str]]] = []
    plans: dict[Entry, dict[str, str]] = {}
    current: Entry | None = None
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.upper().startswith(("#+TODO:", "#+SEQ_TODO:")):
            first, _, last = line.partition(":")[2].partition("|")
            open_words |= {word.partition("(")[0] for word in first.split()}
            done_words |= {word.partition("(")[0] for word in last.split()}
        elif heading := _HEADING.fullmatch(line.rstrip()):
            depth = len(heading["stars"])
            above = [each for each in above if each[0] < depth]
            rest, tags = heading["rest"], list[str]()
            if tagged := _TAGS.search(rest):
                rest, tags = rest[: tagged.start()].strip(), tagged["tags"].strip(":").split(":")
            word, _, title = rest.partition(" ")
            tags = [*(above[-1][3] if above else []), *tags]
            project = above[-1][2] if above else ""
            current = None
            if word in _CANCELLED:
                reading.tell("cancelled tasks")
            elif word in open_words | done_words:
                letter = _PRIORITY.match(title)
                parent = next((each[1] for each in reversed(above) if each[1]), None)
                current = Entry(_PRIORITY.sub("", title, 1), number, tags=tags, project=project)
                current.priority = _LETTERS.get(letter["letter"], "low") if letter else None
                current.done, current.parent = word in done_words, parent
                entries.append(current)
            else:
                project = rest
            above.append((depth, current, project, tags))
        elif current is not None:
            planned = list(_PLANNED.finditer(line))
            plans.setdefault(current, {}).update({each["what"]: each["stamp"] for each in planned})
            if not planned:
                current.notes.append(line.strip())
    kept = []
    for entry in entries:
        with reading.entry(entry.line, entry.title):
            _plan(entry, plans.get(entry, {}), reading)
            kept.append(entry)
    return made(kept, reading)


def _plan(entry: Entry, plan: dict[str, str], reading: Reading) -> None:
    """Give an entry its days: DEADLINE is the due, and SCHEDULED where there is none."""
    stamp = plan.get("DEADLINE") or plan.get("SCHEDULED")
    if stamp:
        entry.due = _when(stamp, reading)
        if repeat := _REPEAT.search(stamp):
            entry.repeat = f"FREQ={_UNITS[repeat['unit']]};INTERVAL={repeat['every']}"
            entry.from_completion = repeat["kind"] == ".+"
    if "DEADLINE" in plan and "SCHEDULED" in plan:
        entry.notes.append(f"Scheduled: {plan['SCHEDULED']}")
    if closed := plan.get("CLOSED"):
        at = _when(closed, reading)
        noon = isinstance(at, datetime)
        zone = reading.request.owner.zone
        entry.completed_at = (
            at if isinstance(at, datetime) and noon else instant_of(f"{at}T12:00", zone)
        )


def _when(stamp: str, reading: Reading) -> date | datetime:
    day, at = stamp[:10], _TIME.search(stamp)
    if at is None:
        return date.fromisoformat(day)
    return instant_of(f"{day}T{at[0]:0>5}", reading.request.owner.zone)
