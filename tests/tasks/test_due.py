from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TaskRefusal
from app.tasks import format_due, resolve_due
from tests.fakes.clock import FixedClock

NEW_YORK = ZoneInfo("America/New_York")
NOW = FixedClock().now()  # Wed 2026-03-04 22:30 there, already Thursday in UTC


@pytest.mark.parametrize(
    ("phrase", "due"),
    [
        ("today", date(2026, 3, 4)),
        ("Tomorrow", date(2026, 3, 5)),
        (" 2026-03-20 ", date(2026, 3, 20)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-03-20T14:30", datetime(2026, 3, 20, 14, 30, tzinfo=NEW_YORK)),
        ("2026-03-20 14:30", datetime(2026, 3, 20, 14, 30, tzinfo=NEW_YORK)),
        ("2026-03-20t14:30:59", datetime(2026, 3, 20, 14, 30, tzinfo=NEW_YORK)),
    ],
)
def test_phrase_is_resolved_in_the_persons_zone(phrase: str, due: date) -> None:
    found = resolve_due(phrase, NOW, NEW_YORK)
    assert found == due
    assert type(found) is type(due)


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "soon",
        "buy milk",
        "null",
        "may",
        "2026-02-30",
        "2026-3-4",
        "2026-03-20T14:30Z",
        "2026-03-20T14:30+01:00",
        "2026-03-20 25:00",
        "9999-12-31",
        "0001-01-01",
        "\u0662026-03-20",
    ],
)
def test_anything_else_is_refused_with_what_to_send(phrase: str) -> None:
    with pytest.raises(TaskRefusal) as refusal:
        resolve_due(phrase, NOW, NEW_YORK)
    assert f'due "{phrase}" not understood. Use YYYY-MM-DD' in str(refusal.value)
    assert "Today is Wed 2026-03-04." in str(refusal.value)


@given(st.text(max_size=40))
def test_no_phrase_raises_anything_but_the_refusal(text: str) -> None:
    try:
        due = resolve_due(text, NOW, NEW_YORK)
    except TaskRefusal:
        return
    assert isinstance(due, date)


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)))
def test_formatting_and_resolving_a_day_is_the_identity(day: date) -> None:
    weekday, _, iso = format_due(day).partition(" ")
    assert resolve_due(iso, NOW, NEW_YORK) == day
    assert weekday == f"{day:%a}"


def test_format_of_a_time() -> None:
    due = datetime(2026, 3, 13, 9, 5, tzinfo=NEW_YORK)
    assert format_due(due) == "Fri 2026-03-13 09:05"
