"""Define the tools that a model sees: thin wrappers over the task service.

Annotations here are read at run time, to make the schemas.
"""

from collections.abc import Callable
from typing import Annotated, Any, Protocol

from langchain.tools import InjectedToolArg, ToolRuntime
from pydantic import GetPydanticSchema

from ..tasks import Owner, TaskService, actions, results
from . import arguments as arg
from .call_keys import call_key
from .caller import caller
from .declaration import ToolSet, reads, writes

Runtime = Annotated[
    ToolRuntime[Any, Any], InjectedToolArg, GetPydanticSchema(lambda _, schema_of: schema_of(Any))
]
"""What LangGraph hands in. No model gives it, so it is not checked: reading its whole class for
each tool would be half of the time that the tools take to make."""


class TaskDependencies(Protocol):
    """What the tools need of the container."""

    default_owner: Owner

    def tasks(self) -> TaskService:
        """Return the task service, which opens its database at the first call."""


class TaskTools(ToolSet):
    """The tools. Those that write are carried out once for each call of a model.

    Args:
        container: Gives what they need; asked at each call, in a worker thread.
    """

    def __init__(self, container: Callable[[], TaskDependencies]) -> None:
        self._container = container

    @writes(actions.ADD, tasks=None)
    def add_task(  # noqa: PLR0913 - models handle flat parameters best
        self,
        runtime: Runtime,
        title: arg.Title,
        due: arg.Due = None,
        priority: arg.Priority = None,
        tags: arg.Tags = None,
        project: arg.Project = None,
        repeat: arg.Repeat = None,
        notes: arg.Notes = None,
        parent_id: arg.ParentId = None,
        blocked_by: arg.BlockedBy = None,
        allow_duplicate: arg.AllowDuplicate = False,
    ) -> str:
        """Add one task."""
        return self._once(
            runtime,
            lambda tasks, owner: results.added(
                *tasks.add(
                    owner,
                    title,
                    due=due,
                    priority=priority,
                    tags=tags or (),
                    project=project,
                    repeat=repeat,
                    notes=notes,
                    parent_id=parent_id,
                    blocked_by=blocked_by,
                    allow_duplicate=bool(allow_duplicate),
                ),
                tasks.waiting(owner),
            ),
        )

    @reads
    def list_tasks(
        self,
        runtime: Runtime,
        when: arg.When = None,
        status: arg.Status = None,
        text: arg.Text = None,
        tag: arg.Tag = None,
        project: arg.OfProject = None,
        priority: arg.OfPriority = None,
        sort: arg.Sort = None,
        offset: arg.Offset = 0,
    ) -> str:
        """List tasks, 20 at a time. Omit all filters for every open task."""
        owner = self._owner(runtime)
        page = (
            self._container()
            .tasks()
            .find(
                owner,
                when=when,
                status=status,
                text=text,
                tag=tag,
                project=project,
                priority=priority,
                sort=sort,
                offset=offset or 0,
            )
        )
        return results.listed(page, owner.zone)

    @writes(actions.UPDATE, tasks="task_ids")
    def update_task(  # noqa: PLR0913 - as above
        self,
        runtime: Runtime,
        task_ids: arg.TaskIds,
        title: arg.NewTitle = None,
        due: arg.NewDue = None,
        priority: arg.NewPriority = None,
        add_tags: arg.Tags = None,
        remove_tags: arg.GoneTags = None,
        project: arg.NewProject = None,
        repeat: arg.NewRepeat = None,
        notes: arg.NewNotes = None,
        parent_id: arg.NewParentId = None,
        blocked_by: arg.NewBlockedBy = None,
    ) -> str:
        """Change fields of tasks, alike for all; what is omitted stays."""
        return self._once(
            runtime,
            lambda tasks, owner: results.updated(
                tasks.update_all(
                    owner,
                    task_ids,
                    title=title,
                    due=due,
                    priority=priority,
                    add_tags=add_tags or (),
                    remove_tags=remove_tags or (),
                    project=project,
                    repeat=repeat,
                    notes=notes,
                    parent_id=parent_id,
                    blocked_by=blocked_by,
                ),
                tasks.waiting(owner),
            ),
        )

    @writes(actions.COMPLETE, tasks="task_ids", variants={"skip": actions.SKIP})
    def complete_tasks(
        self, runtime: Runtime, task_ids: arg.TaskIds, skip: arg.Skip = False
    ) -> str:
        """Mark tasks as done; repeating ones go to their next due."""
        return self._once(
            runtime,
            lambda tasks, owner: results.moved(
                actions.SKIP if skip else actions.COMPLETE,
                tasks.complete(owner, task_ids, skip=bool(skip)),
            ),
        )

    @writes(actions.REOPEN, tasks="task_ids")
    def reopen_tasks(self, runtime: Runtime, task_ids: arg.TaskIds) -> str:
        """Open done tasks again, and restore deleted ones."""
        return self._once(
            runtime,
            lambda tasks, owner: results.moved(actions.REOPEN, tasks.reopen(owner, task_ids)),
        )

    @writes(actions.DELETE, tasks="task_ids")
    def delete_tasks(self, runtime: Runtime, task_ids: arg.TaskIds) -> str:
        """Delete tasks. Only when the person asks for it; a finished task is completed."""
        return self._once(
            runtime,
            lambda tasks, owner: results.moved(actions.DELETE, tasks.delete(owner, task_ids)),
        )

    @writes(actions.UNDO, tasks=None)
    def undo(self, runtime: Runtime, steps: arg.Steps = 1) -> str:
        """Revert the person's last changes to their tasks."""
        return self._once(
            runtime,
            lambda tasks, owner: results.undone(
                tasks.undo(owner, steps or 1), tasks.waiting(owner)
            ),
        )

    @reads
    def task_stats(self, runtime: Runtime, period: arg.Period = None) -> str:
        """Count tasks: open, overdue, and what was done in a period."""
        return results.counted(self._container().tasks().stats(self._owner(runtime), period))

    def _once(self, runtime: Runtime, write: Callable[[TaskService, Owner], str]) -> str:
        owner = self._owner(runtime)
        return (
            self._container()
            .tasks()
            .once(owner, call_key(runtime.config), lambda tasks: write(tasks, owner))
        )

    def _owner(self, runtime: Runtime) -> Owner:
        default = self._container().default_owner
        return caller(runtime.context, runtime.server_info, runtime.config, default)
