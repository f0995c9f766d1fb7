"""Draw tasks as a table that fits the screen, down to 40 columns."""

from datetime import datetime

from rich.table import Table
from rich.text import Text

from ...intake import shown
from ...tasks import Page, Status, Task, format_due, is_overdue, repeat_words
from .tables import NARROW, NO_LIMIT

_PRIORITY = {"high": "bold red", "medium": "yellow", "low": "dim"}
_NARROW_DUE = 10


def tasks_table(page: Page, now: datetime, width: int) -> tuple[Table, Text]:
    """Return the table, and the line that counts.

    A column that would be empty is left out. On a narrow screen all but number, title and
    due stand below the title; without a screen a task is one line, for grep and its like.

    Args:
        page: The tasks.
        now: The instant, in the owner's zone.
        width: How many columns the screen has.
    """
    narrow = width < NARROW
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("Task", overflow="fold")
    columns = ["Due"] if narrow else ["Due", "Priority", "Project", "Tags"]
    separator = " | " if width >= NO_LIMIT else "\n"
    cells = [_cells(task, page, now, narrow, separator) for task in page.tasks]
    shown = [name for name in columns if any(row[name] for row in cells)]
    for name in shown:
        widest = _NARROW_DUE if narrow else None
        table.add_column(name, overflow="fold", no_wrap=name == "Due", max_width=widest)
    for task, row in zip(page.tasks, cells, strict=True):
        table.add_row(Text(str(task.id)), row["Task"], *(row[name] for name in shown))
    return table, Text(_count(page, now), style="dim")


def _cells(task: Task, page: Page, now: datetime, narrow: bool, separator: str) -> dict[str, Text]:
    late = is_overdue(task, now)
    priority = task.priority.value if task.priority else ""
    tags = " ".join(f"#{tag}" for tag in task.tags)
    title = Text(shown(task.title))
    if task.status is not Status.OPEN:
        title.stylize("strike dim")
    below = _below(task, page)
    if narrow:
        below = [priority and f"{priority} priority", task.project or "", tags, *below]
    for line in filter(None, below):
        style = _PRIORITY[priority] if narrow and line.endswith(" priority") else "dim"
        title.append(f"{separator}{shown(line)}", style=style)
    return {
        "Task": title,
        "Due": _due(task, late, narrow),
        "Priority": Text(priority, style=_PRIORITY.get(priority, "")),
        "Project": Text(shown(task.project or "")),
        "Tags": Text(tags, style="cyan"),
    }


def _due(task: Task, late: bool, narrow: bool) -> Text:
    """Write the due; overdue in words too, because colours may be off."""
    if task.due is None:
        return Text("")
    due = format_due(task.due)
    if narrow:
        due = "\n".join(due.split()[1:])
    if late:
        due += "\noverdue" if narrow else " overdue"
    return Text(due, style="red" if late else "")


def _below(task: Task, page: Page) -> list[str]:
    """Return what stands below the title."""
    lines = []
    if task.status is not Status.OPEN:
        lines.append(task.status.value)
    if task.repeat is not None:
        lines.append(f"repeats {repeat_words(task.repeat)}")
    if blockers := page.blockers.get(task.id):
        lines.append(f"waits for {' '.join(f'#{blocker}' for blocker in blockers)}")
    if task.parent_id is not None:
        lines.append(f"part of #{task.parent_id}")
    return lines


def _count(page: Page, now: datetime) -> str:
    late = sum(is_overdue(task, now) for task in page.tasks)
    count = f"{page.total} task{'s' * (page.total != 1)}"
    if late < page.overdue:
        return f"{count}; {page.overdue} overdue in all"
    return f"{count}, {late} overdue" if late else count
