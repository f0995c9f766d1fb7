"""A wall time in a zone whose clock skips an hour in spring and shows one twice in autumn."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.tasks.dates.due_forms import format_due, wall_time
from tests.tasks.making import NEW_YORK

AUTUMN = date(2026, 11, 1)
FIRST = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
"""Half past one in New York, for the first time; an hour later for the second time."""


@pytest.mark.parametrize(
    ("minutes", "shown"), [(None, FIRST), (-1, FIRST), (0, "second"), (1, "second")]
)
def test_time_that_the_clock_shows_twice_is_the_first_that_is_ahead(
    minutes: int | None, shown: object
) -> None:
    after = None if minutes is None else FIRST + timedelta(minutes=minutes)
    found = wall_time(AUTUMN, time(1, 30), NEW_YORK, after=after)
    assert found.astimezone(UTC) == (FIRST if shown == FIRST else FIRST + timedelta(hours=1))
    assert found.replace(tzinfo=None) == datetime(2026, 11, 1, 1, 30)  # noqa: DTZ001


def test_time_that_the_clock_skips_moves_on_by_the_gap() -> None:
    found = wall_time(date(2026, 3, 8), time(2, 30), NEW_YORK)
    assert format_due(found) == "Sun 2026-03-08 03:30"


def test_due_is_written_with_its_weekday() -> None:
    assert format_due(date(33, 1, 5)) == "Wed 0033-01-05"
    assert format_due(datetime(2026, 3, 4, 7, 5, tzinfo=NEW_YORK)) == "Wed 2026-03-04 07:05"
