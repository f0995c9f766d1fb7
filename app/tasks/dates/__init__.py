"""Due dates and repeats: closed grammars, understood whole or refused.

What reads phrases and rules is loaded when it is first used: a list only writes dates.
"""

from typing import TYPE_CHECKING

from ... import lazy_names
from .due_forms import format_due, wall_time

if TYPE_CHECKING:
    from .due import resolve_due
    from .due_words import monday
    from .repeat import check_rule, falls_on, next_due, parse_repeat, recurrence

__all__ = [
    "check_rule",
    "falls_on",
    "format_due",
    "monday",
    "next_due",
    "parse_repeat",
    "recurrence",
    "resolve_due",
    "wall_time",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "due": ("resolve_due",),
            "due_words": ("monday",),
            "repeat": ("check_rule", "falls_on", "next_due", "parse_repeat", "recurrence"),
        },
    )
