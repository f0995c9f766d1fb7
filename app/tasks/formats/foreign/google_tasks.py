"""Read the `Tasks.json` of Google Tasks; a due is a day however it looks."""

from datetime import date

from ... import Portable
from ..reading import Reading
from .date_cells import instant_of
from .entry import Entry, made
from .records import line_of, objects, parsed


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.

    Raises:
        TaskRefusal: It is no JSON.
    """
    zone = reading.request.owner.zone
    entries: list[Entry] = []
    position = 0
    whole = parsed(text, reading)
    for tasks in objects(whole.get("items") if isinstance(whole, dict) else whole):
        for task in objects(tasks.get("items")):
            uid = str(task.get("id", ""))
            position = max(position, text.find(f'"{uid}"', position))
            if task.get("deleted"):
                reading.tell("deleted tasks")
                continue
            line = line_of(text, f'"{uid}"', position) if len(entries) < 1000 else 1
            with reading.entry(line, str(task.get("title", ""))):
                links = [str(link.get("link", "")) for link in objects(task.get("links"))]
                done = task.get("completed")
                due = task.get("due")
                entries.append(
                    Entry(
                        str(task.get("title", "")),
                        line,
                        due=date.fromisoformat(str(due)[:10]) if due else None,
                        project=str(tasks.get("title", "")),
                        notes=[str(task.get("notes", "")), *links],
                        done=task.get("status") == "completed",
                        completed_at=instant_of(str(done), zone) if done else None,
                        uid=f"google-tasks:{uid}" if uid else "",
                        parent_uid=f"google-tasks:{task['parent']}" if task.get("parent") else "",
                    )
                )
    return made(entries, reading)
