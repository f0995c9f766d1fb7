"""Say how urgent a task is: Taskwarrior's polynomial, cut down.

due 12 x (0.2 at 14 days ahead to 1.0 at 7 days overdue), blocking others 8, priority high 6,
medium 3.9, low 1.8, age up to 2 in a year, blocked -5.
"""

from datetime import date

_PRIORITY = {"high": 6.0, "medium": 3.9, "low": 1.8}
_AHEAD, _OVERDUE = 14, 7


def urgency(
    *,
    due: date | None,
    priority: str | None,
    age_days: float,
    blocking: bool,
    blocked: bool,
    today: date,
) -> float:
    """Return the urgency of an open task; the larger, the sooner it should be done.

    Args:
        due: Its day, if it has one.
        priority: `high`, `medium`, `low`, or None.
        age_days: Days since it was added.
        blocking: Whether another open task waits for it.
        blocked: Whether it waits for another open task.
        today: The owner's day.
    """
    points = _PRIORITY.get(priority or "", 0.0) + 2.0 * min(max(age_days, 0.0), 365.0) / 365.0
    if due is not None:
        late = min(max((today - due).days, -_AHEAD), _OVERDUE)
        points += 12.0 * (0.2 + 0.8 * (late + _AHEAD) / (_AHEAD + _OVERDUE))
    return points + 8.0 * blocking - 5.0 * blocked
