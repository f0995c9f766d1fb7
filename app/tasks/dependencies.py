"""Check how tasks hang together: a parent, and the tasks that must be done first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import TaskRefusal
from . import fields
from .model import Status, Task
from .store import TaskRows
from .text import task_line

MOST_BLOCKERS = 20
MOST_IDS = 100
_MOST_NAMED = 20


def check_number_of_ids(references: Collection[int | str]) -> None:
    """Refuse a change of no task, or of too many at once.

    Raises:
        TaskRefusal: They are none, or more than `MOST_IDS`.
    """
    if not references:
        raise TaskRefusal("No task ids were given. Send the numbers that list_tasks shows.")
    if len(references) > MOST_IDS:
        count = len(references)
        raise TaskRefusal(f"{count} ids at once are too many; send at most {MOST_IDS}.")


def ids_of(rows: TaskRows, references: Collection[int | str]) -> tuple[int, ...]:
    """Return ids, each once; a title counts where exactly one open task has it.

    Args:
        rows: The owner's tasks.
        references: Ids, which may be of no task, and titles.

    Raises:
        TaskRefusal: No open task has a title, or several have it.
    """
    ids: list[int] = []
    for reference in references:
        if isinstance(reference, int):
            ids.append(reference)
            continue
        title = fields.title_of(reference)
        matches = rows.open_with_title(fields.title_key(title))
        if len(matches) != 1:
            candidates = "; ".join(task_line(task) for task in matches[:_MOST_NAMED])
            raise TaskRefusal(
                f'"{title[:80]}": {len(matches)} open tasks have this title, so nothing was done. '
                f"Send the number after #. {candidates or 'list_tasks shows it.'}"
            )
        ids.append(matches[0].id)
    return tuple(dict.fromkeys(ids))


def parent_of(rows: TaskRows, task_id: int, reference: int | str) -> int:
    """Return the id of a task's new parent.

    Args:
        rows: The owner's tasks.
        task_id: The task; 0 for one that isn't there yet.
        reference: The parent's id or title.

    Raises:
        TaskRefusal: There is no such task, or it is below this one.
    """
    (parent,) = _existing(rows, [reference])
    parents = {child: (above,) for child, (above, _) in rows.links().items() if above is not None}
    if reaches(parent, task_id, parents):
        raise TaskRefusal(f"#{task_id} can't be a subtask of #{parent}, which is below it.")
    return parent


def blockers_of(rows: TaskRows, task_id: int, references: Sequence[int | str]) -> tuple[int, ...]:
    """Return the ids of the tasks that must be done before one.

    Args:
        rows: The owner's tasks.
        task_id: The task; 0 for one that isn't there yet.
        references: The blockers' ids or titles.

    Raises:
        TaskRefusal: One doesn't exist, waits for this task itself, or they are too many.
    """
    if len(references) > MOST_BLOCKERS:
        raise TaskRefusal(f"{len(references)} blockers are too many; send at most {MOST_BLOCKERS}.")
    blockers = _existing(rows, references)
    links = {waiting: ahead for waiting, (_, ahead) in rows.links().items()}
    for blocker in blockers:
        if reaches(blocker, task_id, links):
            raise TaskRefusal(f"#{task_id} can't wait for #{blocker}, which waits for it.")
    return blockers


def _existing(rows: TaskRows, references: Sequence[int | str]) -> tuple[int, ...]:
    ids = ids_of(rows, references)
    stored = rows.get(ids)
    for task_id in ids:
        if task_id not in stored or stored[task_id].status is Status.DELETED:
            raise no_such_task(task_id)
    return ids


def no_such_task(task_id: int) -> TaskRefusal:
    """Return the refusal of an id; another user's answers like one that doesn't exist."""
    return TaskRefusal(f"#{task_id}: no such task. list_tasks shows the ids.")


def existing_task(rows: TaskRows, reference: int | str) -> Task:
    """Return the task that a reference names.

    Args:
        rows: The owner's tasks.
        reference: Its id or title.

    Raises:
        TaskRefusal: There is none, or it is deleted.
    """
    (task_id,) = _existing(rows, [reference])
    return rows.get([task_id])[task_id]


def linked(rows: TaskRows, task: Task, given: Mapping[str, Any]) -> Task:
    """Return a task with the parent and the blockers that it is given.

    Args:
        rows: The owner's tasks.
        task: The task.
        given: `parent_id` and `blocked_by`, if anything; a word that clears takes them away.

    Raises:
        TaskRefusal: There is no such task, or it would wait for itself.
    """
    if parent := given.get("parent_id"):
        clear = isinstance(parent, str) and fields.clears(parent)
        task = replace(task, parent_id=None if clear else parent_of(rows, task.id, parent))
    if blockers := given.get("blocked_by"):
        clear = any(isinstance(word, str) and fields.clears(word) for word in blockers)
        blocked_by = () if clear else blockers_of(rows, task.id, blockers)
        task = replace(task, blocked_by=blocked_by)
    return task


def reaches(start: int, goal: int, links: Mapping[int, tuple[int, ...]]) -> bool:
    """Say whether links lead from one task to another.

    Args:
        start: The id to begin with.
        goal: The id to look for.
        links: By id, the ids that a task is linked to.
    """
    seen: set[int] = set()
    ahead = [start]
    while ahead:
        here = ahead.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            ahead += links.get(here, ())
    return False
