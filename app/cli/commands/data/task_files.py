"""What `export` and `import` share: the formats by name, and a progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

FORMAT_NAMES = ("json", "csv", "todotxt", "ics")
IMPORT_NAMES = (
    *FORMAT_NAMES,
    *("todoist-csv", "todoist-json", "ticktick", "taskwarrior", "google-tasks", "microsoft-todo"),
    *("markdown", "org", "table"),
)
_MANY_TASKS = 200
"""From so many tasks on there is a progress bar."""


@contextmanager
def progress_bar(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on standard error where it is a terminal and the work is long.

    Args:
        label: What is being done.
        length: How many tasks there are.

    Yields:
        What is called with the number of tasks that were done since the last call.
    """
    if length < _MANY_TASKS or not sys.stderr.isatty():
        yield lambda count: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update
