from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TaskRefusal
from app.tasks import format_due, resolve_due
from tests.conftest import ROOT
from tests.fakes.clock import FixedClock

NEW_YORK = ZoneInfo("America/New_York")
NOW = FixedClock().now()  # Wed 2026-03-04 22:30 there, already Thursday in UTC
LINES = (ROOT / "tests/data/due_phrases.tsv").read_text().splitlines()
GIVEN = [line.split("\t") for line in LINES if not line.startswith("#")]
ZONES = sorted(available_timezones() - {"localtime", "posixrules"})


def meant(phrase: str, now: datetime = NOW, zone: ZoneInfo = NEW_YORK) -> str:
    """Return what a phrase means as ISO text without an offset, or `error`."""
    try:
        due = resolve_due(phrase, now, zone)
    except TaskRefusal:
        return "error"
    assert not isinstance(due, datetime) or due.tzinfo is zone
    return f"{due:%Y-%m-%d %H:%M}" if isinstance(due, datetime) else due.isoformat()


@pytest.mark.parametrize(("phrase", "kind", "answers"), GIVEN, ids=[line[0] for line in GIVEN])
def test_given_phrase_has_an_accepted_answer(phrase: str, kind: str, answers: str) -> None:
    accepted = answers.split("|") if answers else []
    assert meant(phrase) in [*accepted, *(["error"] if kind == "error" else [])]


DAYS = {
    "Tomorrow.": "2026-03-05",
    " 2024-02-29 ": "2024-02-29",
    "Fri 2026-03-13": "2026-03-13",
    "2026/03/20": "2026-03-20",
    "by friday": "2026-03-06",
    "due on monday": "2026-03-09",
    "next monday": "2026-03-09",
    "upcoming wednesday": "2026-03-11",
    "friday next week": "2026-03-13",
    "wed of next week": "2026-03-11",
    "15.3.": "2026-03-15",
    "24.12.2026": "2026-12-24",
    "25/12": "2026-12-25",
    "3/15/27": "2027-03-15",
    "March 15th, 2027": "2027-03-15",
    "the 15th of March": "2026-03-15",
    "Jan. 5": "2027-01-05",
    "feb 29": "2028-02-29",
    "friday the 13th": "2026-03-13",
    "friday, march 13": "2026-03-13",
    "the 31st": "2026-03-31",
    "the 3rd": "2026-04-03",
    "15th of next month": "2026-04-15",
    "two weeks from monday": "2026-03-23",
    "3 business days from friday": "2026-03-11",
    "next business day": "2026-03-05",
    "in a couple of days": "2026-03-06",
    "in 2 weeks and 3 days": "2026-03-21",
    "three days before the end of the month": "2026-03-28",
    "the day after christmas": "2026-12-26",
    "last weekday of the month": "2026-03-31",
    "last friday of march": "2026-03-27",
    "second tuesday of next month": "2026-04-14",
    "first monday of the month": "2026-04-06",
    "last day of february": "2027-02-28",
    "end of april": "2026-04-30",
    "end of next week": "2026-03-13",
    "later this week": "2026-03-06",
    "later next week": "2026-03-13",
    "next weekend": "2026-03-14",
    "eod friday": "2026-03-06",
    "friday morning": "2026-03-06",
    "this evening": "2026-03-04",
    "new year\u2019s eve": "2026-12-31",
    "yesterday": "2026-03-03",
    "20260320": "2026-03-20",
    "september first": "2026-09-01",
    "the twenty-first of april": "2026-04-21",
    "last day of month": "2026-03-31",
    "in twenty-one days": "2026-03-25",
    "in a couple weeks": "2026-03-18",
    "in two weeks' time": "2026-03-18",
    "within a week": "2026-03-11",
    "this week on friday": "2026-03-06",
    "the week after next": "2026-03-16",
    "the month after next": "2026-05-01",
    "over the weekend": "2026-03-07",
    "end of next year": "2027-12-31",
    "eoq": "2026-03-31",
    "by the end of the day tomorrow": "2026-03-05",
}
TIMES = {
    "2026-03-20t14:30:59": "2026-03-20 14:30",
    "fri, 5 p.m.": "2026-03-06 17:00",
    "friday @ 17:00": "2026-03-06 17:00",
    "at 5 on friday": "2026-03-06 17:00",
    "9am march 15": "2026-03-15 09:00",
    "march 15 2027 at 9:30am": "2027-03-15 09:30",
    "12/05 noon": "2026-12-05 12:00",
    "3rd friday in june at 10 am": "2026-06-19 10:00",
    "in 2 weeks at 5pm": "2026-03-18 17:00",
    "end of month at 8pm": "2026-03-31 20:00",
    "tomorrow morning at 9": "2026-03-05 09:00",
    "tomorrow evening at 8": "2026-03-05 20:00",
    "at 9 in the morning": "2026-03-05 09:00",
    "tonight at 11": "2026-03-04 23:00",
    "midnight tonight": "2026-03-05 00:00",
    "friday at midnight": "2026-03-06 00:00",
    "half past 5 tomorrow": "2026-03-05 17:30",
    "quarter to nine on monday": "2026-03-09 08:45",
    "tomorrow 05:30": "2026-03-05 05:30",
    "tomorrow 5:30": "2026-03-05 17:30",
    "tomorrow at 6": "2026-03-05 18:00",
    "tomorrow at 7": "2026-03-05 07:00",
    "23:00": "2026-03-04 23:00",
    "22:30": "2026-03-05 22:30",
    "in an hour and a half": "2026-03-05 00:00",
    "90 minutes from now": "2026-03-05 00:00",
    "in 1h 30m": "2026-03-05 00:00",
    "in one and a half hours": "2026-03-05 00:00",
    "in an hour's time": "2026-03-04 23:30",
    "in a half hour": "2026-03-04 23:00",
    "tomorrow by 5pm": "2026-03-05 17:00",
    "friday by noon": "2026-03-06 12:00",
    "at a quarter past 3 on friday": "2026-03-06 15:15",
    "tomorrow at ten past five": "2026-03-05 17:10",
    "eod friday at 9": "2026-03-06 09:00",
    "friday night at midnight": "2026-03-07 00:00",
    "tomorrow night at midnight": "2026-03-06 00:00",
}


@pytest.mark.parametrize("phrase", [*DAYS, *TIMES])
def test_phrase_of_the_grammar_is_understood(phrase: str) -> None:
    assert meant(phrase) == (DAYS | TIMES)[phrase]


@pytest.mark.parametrize(
    "phrase",
    [
        *("", "soon", "null", "now", "every friday", "may 32", "2026-02-30", "2026-3-4"),
        *("2026-03-20T14:30Z", "2026-03-20T14:30+01:00", "2026-03-20 25:00", "9999-12-31"),
        *("0001-01-01", "\u0662026-03-20", "31.4.", "13/13", "3.15", "5", "friday 5", "3 days"),
        *("thu 2026-03-13", "2026-03-20 5:30", "tomorrow morning at 5pm", "tonight at 2"),
        *("tomorrow tomorrow", "tomorrow at 5pm at 6pm", "in 2 hours at 5", "13pm"),
        *("in the morning", "march", "march 5 pm", "last friday", "this week", "the 32nd"),
        *("5th friday of march", "10 days before friday", "in 9999 years", "in 2 weeks friday"),
        *("christmas eve", "new year's day", "halloween", "easter", "thanksgiving", "mid april"),
        *("friday or monday", "not tomorrow", "tomorrow buy milk", "in a few days", "x" * 10_000),
        *("in and", "in 2 weeks and", "in ah", "march 15 1730", "christmas 1930", "20261320"),
        *("eod friday at midnight", "first", "5 to 9", "in 1.5 hours 5 min", "friday\0"),
        *("tomorrow at thirteen", "friday 5:30:15", "friday 05.30:15"),
    ],
)
def test_anything_else_is_refused_with_what_to_send(phrase: str) -> None:
    with pytest.raises(TaskRefusal) as refusal:
        resolve_due(phrase, NOW, NEW_YORK)
    assert f'due "{phrase[:80]}" not understood. Use YYYY-MM-DD' in str(refusal.value)
    assert "Today is Wed 2026-03-04." in str(refusal.value)


def test_slashed_dates_are_day_first_where_the_settings_say_so() -> None:
    assert resolve_due("12/05", NOW, NEW_YORK, day_first=True) == date(2026, 5, 12)
    assert resolve_due("12/25", NOW, NEW_YORK, day_first=True) == date(2026, 12, 25)


def test_today_is_the_persons_own() -> None:
    assert meant("today", zone=ZoneInfo("Asia/Tokyo")) == "2026-03-05"
    assert meant("tomorrow", zone=ZoneInfo("Pacific/Kiritimati")) == "2026-03-06"


@pytest.mark.parametrize(
    ("today", "phrase", "due"),
    [
        ("2026-03-06", "friday", "2026-03-13"),
        ("2026-03-06", "this friday", "2026-03-06"),
        ("2026-03-06", "eow", "2026-03-06"),
        ("2026-03-06", "later this week", "2026-03-08"),
        ("2026-03-07", "this weekend", "2026-03-07"),
        ("2026-03-08", "this weekend", "2026-03-08"),
        ("2026-03-08", "eow", "2026-03-08"),
        ("2026-03-08", "later this week", "error"),
        ("2026-03-08", "next monday", "2026-03-09"),
        ("2026-03-08", "next week", "2026-03-09"),
        ("2026-01-31", "in a month", "2026-02-28"),
        ("2026-01-31", "next month", "2026-02-01"),
        ("2026-04-30", "the 31st", "2026-05-31"),
        ("2026-01-01", "end of quarter", "2026-03-31"),
        ("2026-03-31", "end of quarter", "2026-03-31"),
        ("2026-04-01", "end of quarter", "2026-06-30"),
        ("2026-12-31", "end of quarter", "2026-12-31"),
        ("2026-06-15", "end of year", "2026-12-31"),
        ("2026-12-25", "christmas", "2026-12-25"),
        ("2026-12-26", "christmas", "2027-12-25"),
        ("2026-12-31", "tomorrow", "2027-01-01"),
        ("2028-02-28", "tomorrow", "2028-02-29"),
    ],
)
def test_edge_of_a_week_month_or_year(today: str, phrase: str, due: str) -> None:
    now = datetime.fromisoformat(f"{today}T12:00").replace(tzinfo=NEW_YORK)
    assert meant(phrase, now) == due


def test_skipped_hour_moves_on_and_of_two_equal_ones_the_first_is_meant() -> None:
    assert meant("2026-03-08 02:30") == "2026-03-08 03:30"
    twice = resolve_due("2026-11-01 01:30", NOW, NEW_YORK)
    assert isinstance(twice, datetime)
    assert twice.astimezone(UTC).hour == 5


def test_time_alone_is_the_next_one_on_the_clock_at_both_clock_changes() -> None:
    sprung = datetime(2026, 3, 8, 3, 10, tzinfo=NEW_YORK)
    assert meant("2:30am", sprung) == "2026-03-09 02:30"
    again = datetime(2026, 11, 1, 1, 15, tzinfo=NEW_YORK, fold=1)
    coming = resolve_due("1:30am", again, NEW_YORK)
    assert isinstance(coming, datetime)
    assert coming.astimezone(UTC) - again.astimezone(UTC) == timedelta(minutes=15)


def test_hours_from_now_are_real_hours_across_a_clock_change() -> None:
    before = datetime(2026, 3, 8, 1, 30, tzinfo=NEW_YORK)
    assert meant("in 1 hour", before) == "2026-03-08 03:30"
    assert meant("tomorrow at 1:30am", before) == "2026-03-09 01:30"


PHRASES = [line[0] for line in GIVEN] + [*DAYS, *TIMES]
INSTANTS = st.integers(631152000, 3471292800).map(lambda n: datetime.fromtimestamp(n, UTC))
"""Seconds from 1990 to 2080."""


@given(st.sampled_from(PHRASES), INSTANTS, st.sampled_from(ZONES))
def test_every_answer_exists_in_its_zone_and_is_read_back_as_itself(
    phrase: str, now: datetime, zone_name: str
) -> None:
    zone = ZoneInfo(zone_name)
    try:
        due = resolve_due(phrase, now, zone)
    except TaskRefusal:
        return
    if isinstance(due, datetime):
        assert due.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == due.replace(tzinfo=None)
        assert (due.second, due.microsecond) == (0, 0)
    again = resolve_due(format_due(due), now, zone)
    assert (again, type(again)) == (due, type(due))


@given(INSTANTS, st.sampled_from(ZONES))
def test_phrases_keep_their_order_in_every_zone(now: datetime, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    today = now.astimezone(zone).date()
    assert resolve_due("today", now, zone) == today
    assert resolve_due("tomorrow", now, zone) == today + timedelta(days=1)
    friday, next_friday = (resolve_due(text, now, zone) for text in ("friday", "next friday"))
    assert 1 <= (friday - today).days <= 7
    assert friday.weekday() == next_friday.weekday() == 4
    assert 5 <= (next_friday - today).days <= 11 or today.weekday() > 4
    noon = resolve_due("noon", now, zone)
    assert isinstance(noon, datetime)
    assert timedelta(0) < noon - now < timedelta(hours=50)


WORDS = "in a 2 3 days week from next friday at 5 pm the 1st of march end month on tonight , : / ."


@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS.split())).map(" ".join))
def test_no_phrase_raises_anything_but_the_refusal(text: str) -> None:
    try:
        due = resolve_due(text, NOW, NEW_YORK)
    except TaskRefusal:
        return
    assert isinstance(due, date)


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.none() | st.times())
def test_formatting_and_resolving_is_the_identity(day: date, at: object) -> None:
    assert resolve_due(format_due(day), NOW, NEW_YORK) == day
    if at is not None:
        text = f"{day.isoformat()} {at:%H:%M}"
        due = resolve_due(text, NOW, ZoneInfo("UTC"))
        assert f"{due:%H:%M}" == f"{at:%H:%M}"
        assert format_due(due).split(" ", 1)[1] == text
