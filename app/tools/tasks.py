"""Define the tools that a model sees: thin wrappers over the task service.

Annotations here are read at run time, to make the schemas.
"""

from collections.abc import Callable
from typing import Any, Protocol

from langchain.tools import ToolRuntime
from langchain_core.tools import BaseTool, tool

from app.tasks import Owner, TaskService
from app.tools import arguments as arg
from app.tools import results
from app.tools.caller import caller

Runtime = ToolRuntime[Any, Any]


class TaskParts(Protocol):
    """What the tools need of what was wired."""

    default_owner: Owner

    def tasks(self) -> TaskService:
        """Return the task service, which opens its database at the first call."""


class TaskTools:
    """The tools.

    Args:
        parts: Gives what they need; asked at each call, in a worker thread.
    """

    def __init__(self, parts: Callable[[], TaskParts]) -> None:
        self._parts = parts

    def all(self) -> list[BaseTool]:
        """Return the tools in the order in which a model sees them."""
        return [
            tool(function)
            for function in (
                self.add_task,
                self.list_tasks,
                self.update_task,
                self.complete_tasks,
                self.reopen_tasks,
                self.delete_tasks,
                self.undo,
            )
        ]

    def add_task(
        self,
        runtime: Runtime,
        title: arg.Title,
        due: arg.Due = None,
        priority: arg.Priority = None,
        tags: arg.Tags = None,
        notes: arg.Notes = None,
        allow_duplicate: arg.AllowDuplicate = False,
    ) -> str:
        """Add one task."""
        task, new = (
            self._parts()
            .tasks()
            .add(
                self._owner(runtime),
                title,
                due=due,
                priority=priority,
                tags=tags or (),
                notes=notes,
                allow_duplicate=bool(allow_duplicate),
            )
        )
        return results.added(task, new)

    def list_tasks(
        self,
        runtime: Runtime,
        when: arg.When = None,
        status: arg.Status = None,
        tag: arg.Tag = None,
        offset: arg.Offset = 0,
    ) -> str:
        """List tasks, soonest due first, 20 at a time. Omit all filters for every open task."""
        page = (
            self._parts()
            .tasks()
            .find(self._owner(runtime), when=when, status=status, tag=tag, offset=offset or 0)
        )
        return results.listed(page)

    def update_task(
        self,
        runtime: Runtime,
        task_id: arg.TaskId,
        title: arg.NewTitle = None,
        due: arg.NewDue = None,
        priority: arg.NewPriority = None,
        add_tags: arg.Tags = None,
        remove_tags: arg.Tags = None,
        notes: arg.NewNotes = None,
    ) -> str:
        """Change fields of one task; what is omitted stays."""
        task, changed = (
            self._parts()
            .tasks()
            .update(
                self._owner(runtime),
                task_id,
                title=title,
                due=due,
                priority=priority,
                add_tags=add_tags or (),
                remove_tags=remove_tags or (),
                notes=notes,
            )
        )
        return results.updated(task, changed)

    def complete_tasks(self, runtime: Runtime, task_ids: arg.TaskIds) -> str:
        """Mark tasks as done."""
        return results.moved(
            "complete", self._parts().tasks().complete(self._owner(runtime), task_ids)
        )

    def reopen_tasks(self, runtime: Runtime, task_ids: arg.TaskIds) -> str:
        """Open done tasks again, and restore deleted ones."""
        return results.moved("reopen", self._parts().tasks().reopen(self._owner(runtime), task_ids))

    def delete_tasks(self, runtime: Runtime, task_ids: arg.TaskIds) -> str:
        """Delete tasks. Only when the person asks for it; a finished task is completed."""
        return results.moved("delete", self._parts().tasks().delete(self._owner(runtime), task_ids))

    def undo(self, runtime: Runtime) -> str:
        """Revert the person's last change to their tasks."""
        return results.undone(*self._parts().tasks().undo(self._owner(runtime)))

    def _owner(self, runtime: Runtime) -> Owner:
        default = self._parts().default_owner
        return caller(runtime.context, runtime.server_info, runtime.config, default)
