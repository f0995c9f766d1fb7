"""Declare what can be done to tasks, each action in one row.

A row says what a person is asked before it happens to many tasks, what is told when it is taken
back, and which tasks it changes. The history keeps the name, and takes nothing but rows, so an
action without its words can't be carried out.
"""

from dataclasses import dataclass

from .model import Status

_rows: dict[str, "Action"] = {}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done to tasks.

    Args:
        name: What the history keeps; never changes, and no two actions share it.
        verb: What a person is asked with: `Delete`.
        undone: What an undo is told with: `the deletion`.
        changes: Existing tasks of which status it changes. None for an action that needs no
            question, however many tasks it is about: adding, importing and undoing.
    """

    name: str
    verb: str
    undone: str
    changes: tuple[Status, ...]

    def __post_init__(self) -> None:
        """Keep the row under its name.

        Raises:
            ValueError: There is another row of this name.
        """
        if self.name in _rows:
            raise ValueError(f'There are two actions of the name "{self.name}".')
        _rows[self.name] = self


@dataclass(frozen=True, slots=True)
class StatusAction(Action):
    """An action that gives tasks another status, or a repeating task its next due.

    Args:
        past: What a changed task is told with: `Deleted`.
        already: Why a task was left as it is: `already deleted`.
    """

    past: str
    already: str


ADD = Action("add", "Add", "the adding", changes=())
UPDATE = Action("update", "Change", "the change", changes=(Status.OPEN, Status.DONE))
IMPORT = Action("import", "Import", "the import", changes=())
UNDO = Action("undo", "Undo", "the undoing", changes=())
COMPLETE = StatusAction(
    "complete",
    "Complete",
    "the completion",
    changes=(Status.OPEN,),
    past="Completed",
    already="not open",
)
SKIP = StatusAction(
    "skip", "Skip", "the skipping", changes=(Status.OPEN,), past="Skipped", already="not open"
)
REOPEN = StatusAction(
    "reopen",
    "Reopen",
    "the reopening",
    changes=(Status.DONE, Status.DELETED),
    past="Reopened",
    already="already open",
)
DELETE = StatusAction(
    "delete",
    "Delete",
    "the deletion",
    changes=(Status.OPEN, Status.DONE),
    past="Deleted",
    already="already deleted",
)


def undone_words(name: str) -> str:
    """Return what an undo is told with.

    Args:
        name: The action, as the history has it; of one that a later version wrote only the
            name is known.
    """
    row = _rows.get(name)
    return row.undone if row else name
