"""Say which tasks a tool call would change, and tell a person so before it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..tasks import Owner, Status, Task, TaskService
from . import arguments as arg

_ID = TypeAdapter[int | str](arg.TaskId)
_IDS = TypeAdapter[list[int | str]](arg.TaskIds)
_KINDS: Mapping[str, tuple[str, tuple[Status, ...]]] = {
    "update_task": ("Change", (Status.OPEN, Status.DONE)),
    "complete_tasks": ("Complete", (Status.OPEN,)),
    "reopen_tasks": ("Reopen", (Status.DONE, Status.DELETED)),
    "delete_tasks": ("Delete", (Status.OPEN, Status.DONE)),
}
"""What each tool that changes existing tasks does, and to tasks of which status."""
_MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class Write:
    """A call that would change existing tasks, and those tasks."""

    name: str
    args: Mapping[str, Any]
    tasks: tuple[Task, ...]

    @property
    def description(self) -> str:
        """Return what it would do, for the person who is asked."""
        verb, _ = _KINDS[self.name]
        if self.name == "complete_tasks" and self.args.get("skip"):
            verb = "Skip"
        named = [f"#{task.id} {task.title}" for task in self.tasks[:_MOST_NAMED]]
        if len(self.tasks) > _MOST_NAMED:
            named.append(f"... {len(self.tasks)} tasks in all")
        changes = [
            f"{name} {value}"
            for name, value in self.args.items()
            if self.name == "update_task" and name != "task_id" and value not in (None, "", [])
        ]
        told = f" ({', '.join(changes)})" if changes else ""
        return f"{verb} {', '.join(named)}{told}"


def is_write(name: str) -> bool:
    """Say whether a tool changes tasks that exist already; adding and undoing don't count."""
    return name in _KINDS


def write_of(service: TaskService, owner: Owner, name: str, args: Mapping[str, Any]) -> Write:
    """Return what a call would change now."""
    _, changing = _KINDS[name]
    found = service.named(owner, _references(name, args))
    return Write(name, args, tuple(task for task in found if task.status in changing))


def _references(name: str, args: Mapping[str, Any]) -> Sequence[int | str]:
    """Return the tasks that a call names; none where its arguments can't be read."""
    try:
        if name == "update_task":
            return [_ID.validate_python(args.get("task_id"))]
        return _IDS.validate_python(args.get("task_ids"))
    except ValidationError:
        return []
