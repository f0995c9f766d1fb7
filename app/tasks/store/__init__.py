"""The rows of tasks: tables, queries, filters, order."""

from .listing import PAGE_SIZE, ListQuery, listed, stats_of
from .queries import TaskRows, scope_of
from .rows import calls, changes, completions, counters, from_snapshot, tasks, to_row, to_snapshot
from .search import word_matcher

__all__ = [
    "PAGE_SIZE",
    "ListQuery",
    "TaskRows",
    "calls",
    "changes",
    "completions",
    "counters",
    "from_snapshot",
    "listed",
    "scope_of",
    "stats_of",
    "tasks",
    "to_row",
    "to_snapshot",
    "word_matcher",
]
