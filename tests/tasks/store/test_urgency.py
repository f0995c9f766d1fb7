"""The terms of urgency, one at a time: Taskwarrior's polynomial, cut down."""

from datetime import date
from typing import Any

import pytest

from app.tasks.store.urgency import urgency

TODAY = date(2026, 3, 15)


def points(**more: Any) -> float:
    given = {"due": None, "priority": None, "age_days": 0, "blocking": False, "blocked": False}
    return urgency(**given | more, today=TODAY)


@pytest.mark.parametrize(
    ("day", "expected"), [(29, 2.4), (31, 2.4), (22, 5.6), (15, 8.8), (8, 12), (1, 12)]
)
def test_due_counts_from_two_weeks_ahead_to_a_week_late(day: int, expected: float) -> None:
    assert points(due=date(2026, 3, day)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 0),
        ({"priority": "high"}, 6),
        ({"priority": "medium"}, 3.9),
        ({"priority": "low"}, 1.8),
        ({"blocking": True}, 8),
        ({"blocked": True}, -5),
        ({"age_days": 73}, 0.4),
        ({"age_days": 365}, 2),
        ({"age_days": 3650}, 2),
        ({"age_days": -9}, 0),
    ],
)
def test_each_term_has_its_weight(more: dict[str, Any], expected: float) -> None:
    assert points(**more) == pytest.approx(expected)


def test_terms_add_up() -> None:
    every = {"due": TODAY, "priority": "high", "age_days": 365, "blocking": True, "blocked": True}
    assert points(**every) == pytest.approx(8.8 + 6 + 2 + 8 - 5)
