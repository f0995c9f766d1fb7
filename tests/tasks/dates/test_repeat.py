from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TaskRefusal
from app.tasks import Owner, Status, TaskService, check_rule, format_due, parse_repeat
from tests.conftest import ROOT
from tests.fakes.clock import FixedClock

NEW_YORK = ZoneInfo("America/New_York")
NOW = FixedClock().now()  # Wed 2026-03-04 22:30 there
LINES = (ROOT / "tests/data/repeat_phrases.tsv").read_text().splitlines()
GIVEN = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]


@pytest.mark.parametrize(("phrase", "rule"), GIVEN)
def test_given_phrase_gives_its_rule(phrase: str, rule: str) -> None:
    repeat = parse_repeat(phrase, NOW, NEW_YORK)
    hour = f";BYHOUR={repeat.due.hour}" if isinstance(repeat.due, datetime) else ""
    assert repeat.rule + hour == rule


KIN = {
    "weekly on monday": ("FREQ=WEEKLY;BYDAY=MO", "Mon 2026-03-09"),
    "on tuesdays and thursdays": ("FREQ=WEEKLY;BYDAY=TU,TH", "Thu 2026-03-05"),
    "every mon, wed & fri at 8pm": ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "Fri 2026-03-06 20:00"),
    "every other week on friday": ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "Fri 2026-03-06"),
    "every other tuesday": ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "Tue 2026-03-10"),
    "9am every day": ("FREQ=DAILY", "Thu 2026-03-05 09:00"),
    "every 31st": ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "Tue 2026-03-31"),
    "every month on the 1st and 15th": ("FREQ=MONTHLY;BYMONTHDAY=1,15", "Sun 2026-03-15"),
    "2nd tuesday of every month": ("FREQ=MONTHLY;BYDAY=2TU", "Tue 2026-03-10"),
    "every 2 months on the first monday": ("FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO", "Mon 2026-04-06"),
    "last weekday of every month": (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "Tue 2026-03-31",
    ),
    "every may 5": ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5", "Tue 2026-05-05"),
    "every 6 months starting april 1": ("FREQ=MONTHLY;INTERVAL=6", "Wed 2026-04-01"),
    "every day for 5 times": ("FREQ=DAILY;COUNT=5", "Wed 2026-03-04"),
    "every 3 days after completion": ("FREQ=DAILY;INTERVAL=3", "Wed 2026-03-04"),
    "every! 2 weeks": ("FREQ=WEEKLY;INTERVAL=2", "Wed 2026-03-04"),
    "every night": ("FREQ=DAILY", "Wed 2026-03-04"),
    "every weekday morning at 9": ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Thu 2026-03-05 09:00"),
    "every friday evening at 8": ("FREQ=WEEKLY;BYDAY=FR", "Fri 2026-03-06 20:00"),
    "at 9 every monday": ("FREQ=WEEKLY;BYDAY=MO", "Mon 2026-03-09 09:00"),
    "monday through friday": ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Wed 2026-03-04"),
    "every fri-sun": ("FREQ=WEEKLY;BYDAY=FR,SA,SU", "Fri 2026-03-06"),
    "every mon/wed": ("FREQ=WEEKLY;BYDAY=MO,WE", "Wed 2026-03-04"),
    " Every 2 days. ": ("FREQ=DAILY;INTERVAL=2", "Wed 2026-03-04"),
    "every 2nd day": ("FREQ=DAILY;INTERVAL=2", "Wed 2026-03-04"),
    "once a week on monday": ("FREQ=WEEKLY;BYDAY=MO", "Mon 2026-03-09"),
    "bi-weekly": ("FREQ=WEEKLY;INTERVAL=2", "Wed 2026-03-04"),
    "fortnightly on friday": ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "Fri 2026-03-06"),
    "first day of every month": ("FREQ=MONTHLY;BYMONTHDAY=1", "Wed 2026-04-01"),
    "every 2 months on the last day": ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1", "Tue 2026-03-31"),
    "monthly on day 15": ("FREQ=MONTHLY;BYMONTHDAY=15", "Sun 2026-03-15"),
    "first and third monday of the month": ("FREQ=MONTHLY;BYDAY=1MO,3MO", "Mon 2026-03-16"),
    "every other year on march 15": (
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=15",
        "Sun 2026-03-15",
    ),
    "march 15 every year": ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=15", "Sun 2026-03-15"),
    "every new year's eve": ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", "Thu 2026-12-31"),
    "every first monday of september": ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", "Mon 2026-09-07"),
    "every day until june 1 at 9am": ("FREQ=DAILY;UNTIL=20260601", "Thu 2026-03-05 09:00"),
    "INTERVAL=2;FREQ=DAILY": ("FREQ=DAILY;INTERVAL=2", "Wed 2026-03-04"),
    "FREQ=DAILY;UNTIL=20260401T000000Z": ("FREQ=DAILY;UNTIL=20260401", "Wed 2026-03-04"),
    "FREQ=DAILY;BYHOUR=9;UNTIL=20260401T125959Z": (
        "FREQ=DAILY;UNTIL=20260331",
        "Thu 2026-03-05 09:00",
    ),
    "FREQ=MONTHLY;BYMONTHDAY=-1": ("FREQ=MONTHLY;BYMONTHDAY=-1", "Tue 2026-03-31"),
    "FREQ=YEARLY;BYYEARDAY=100": ("FREQ=YEARLY;BYYEARDAY=100", "Fri 2026-04-10"),
    "RRULE:FREQ=MONTHLY;BYDAY=2TU": ("FREQ=MONTHLY;BYDAY=2TU", "Tue 2026-03-10"),
    "freq=weekly;byday=mo;byhour=9": ("FREQ=WEEKLY;BYDAY=MO", "Mon 2026-03-09 09:00"),
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU": ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "Wed 2026-03-04"),
}


@pytest.mark.parametrize("phrase", KIN)
def test_kindred_phrase_gives_its_rule_and_first_due(phrase: str) -> None:
    repeat = parse_repeat(phrase, NOW, NEW_YORK)
    assert (repeat.rule, format_due(repeat.due)) == KIN[phrase]


@pytest.mark.parametrize(
    "phrase",
    [
        *("", "null", "every hour", "every 0 days", "every blue moon", "twice a week"),
        *("every second tuesday", "every day until yesterday", "every april 31", "every 32nd"),
        *("every 30th and 31st", "every 3 days for 5 times after completion"),
        *("FREQ=HOURLY", "FREQ=", "FREQ=DAILY;COUNT=0", "FREQ=WEEKLY;INTERVAL=0"),
        *("FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;UNTIL=garbage", "FREQ=DAILY;UNTIL=20200101"),
        *("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;EXDATE=20260101", "x" * 5_000),
        *("every day at 9 until june 1 at 5pm", "every friday night at midnight"),
        *("every day from monday to friday", "every second and fourth friday"),
        *("FREQ=MONTHLY;BYDAY=9MO", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYMONTHDAY=0"),
        *("FREQ=MONTHLY;BYSETPOS=1", "FREQ=DAILY;BYMINUTE=30", "FREQ=DAILY;UNTIL=2026"),
        *("FREQ=DAILY;INTERVAL=\u0663", "every \u0663 days", "FREQ=DAILY;INTERVAL=7;BYDAY=TU"),
        *("FREQ=MONTHLY;BYWEEKNO=1", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "FREQ=DAILY;DTSTART=1"),
    ],
)
def test_anything_else_is_refused(phrase: str) -> None:
    with pytest.raises(TaskRefusal, match="repeat "):
        parse_repeat(phrase, NOW, NEW_YORK)


KEYS = {
    **{"FREQ": ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"], "INTERVAL": ["1", "7", "x"]},
    **{"BYDAY": ["MO", "5MO", "-6TU,SU", "53FR"], "BYMONTH": ["2", "12,13"], "COUNT": ["3", "0"]},
    **{"BYMONTHDAY": ["31", "-31", "0"], "BYSETPOS": ["-1", "400"], "BYHOUR": ["9", "24"]},
    **{"UNTIL": ["20270101", "20270101T000000Z", "20261301"], "WKST": ["SU", "XX"]},
}
PARTS = st.sampled_from(sorted(KEYS)).flatmap(
    lambda key: st.sampled_from(KEYS[key]).map(lambda value: f"{key}={value}")
)


@given(st.lists(PARTS, max_size=5))
def test_no_raw_rule_raises_anything_but_the_refusal(parts: list[str]) -> None:
    try:
        repeat = parse_repeat(";".join(parts), NOW, NEW_YORK)
    except TaskRefusal:
        return
    assert check_rule(repeat.rule) == repeat.rule


WORDS = "every other 2 days weeks mon and fri of the month last first at 9am until june 1 FREQ= ; ,"


@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS.split())).map(" ".join))
def test_no_phrase_raises_anything_but_the_refusal(text: str) -> None:
    try:
        repeat = parse_repeat(text, NOW, NEW_YORK)
    except TaskRefusal:
        return
    assert isinstance(repeat.due, date)
    assert parse_repeat(repeat.rule, NOW, NEW_YORK).rule == repeat.rule


def dues(service: TaskService, owner: Owner, clock: FixedClock, times: int) -> list[str]:
    """Complete task 1 again and again, each time at its due."""
    found = []
    for _ in range(times):
        (task,) = service.find(owner).tasks
        assert task.due is not None
        found.append(format_due(task.due))
        at = datetime(task.due.year, task.due.month, task.due.day, 12, tzinfo=owner.zone)
        clock.instant = max(at.astimezone(UTC), clock.instant)
        service.complete(owner, [1])
    return found


def test_short_months_take_their_last_day_and_the_31st_comes_back(
    memory_service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    memory_service.add(ann, "x", due="2027-01-31", repeat="every month")
    days = [day.split("-", 1)[1] for day in dues(memory_service, ann, clock, 5)]
    assert days == ["01-31", "02-28", "03-31", "04-30", "05-31"]


def test_time_of_day_stays_across_the_clock_change(
    memory_service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    memory_service.add(ann, "x", repeat="every week on saturday and sunday at 9am")
    assert dues(memory_service, ann, clock, 3) == [
        "Sat 2026-03-07 09:00",
        "Sun 2026-03-08 09:00",
        "Sat 2026-03-14 09:00",
    ]


def test_completing_moves_on_strictly_into_the_future_and_keeps_id_and_rule(
    memory_service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    memory_service.add(ann, "x", due="2026-03-02", repeat="every monday")
    clock.move(days=14)  # two were missed
    (answer,) = memory_service.complete(ann, [1])
    assert answer.task is not None
    assert (answer.id, answer.moved_on, answer.task.status) == (1, True, Status.OPEN)
    assert answer.task.due == date(2026, 3, 23)
    assert answer.task.repeat is not None
    assert answer.task.repeat.rule == "FREQ=WEEKLY;BYDAY=MO"


def test_from_completion_counts_from_the_day_it_was_done(
    memory_service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    memory_service.add(ann, "x", due="2026-03-01", repeat="every 10 days after completion")
    (answer,) = memory_service.complete(ann, [1])
    assert answer.task is not None
    assert answer.task.due == date(2026, 3, 14)


@pytest.mark.parametrize(
    "phrase", ["Every 3 days after completion.", "every! 3 days", "3 days after done"]
)
def test_completion_done_early_counts_from_that_day(
    phrase: str, memory_service: TaskService, ann: Owner
) -> None:
    memory_service.add(ann, "x", due="2026-03-20", repeat=phrase)
    (answer,) = memory_service.complete(ann, [1])
    assert answer.task is not None
    assert answer.task.due == date(2026, 3, 7)


def test_due_that_lost_its_time_still_moves_to_another_day(
    memory_service: TaskService, ann: Owner
) -> None:
    memory_service.add(ann, "x", repeat="every friday at 9am")
    memory_service.update(ann, 1, due="2026-03-06")
    (answer,) = memory_service.complete(ann, [1])
    assert answer.task is not None
    assert answer.task.due == date(2026, 3, 13)


def test_hour_that_the_clock_skips_tomorrow_is_still_the_hour_said(
    memory_service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    clock.instant = datetime(2026, 3, 7, 12, tzinfo=NEW_YORK).astimezone(UTC)
    repeat = parse_repeat("every monday at 2:30am", clock.now(), NEW_YORK)
    assert format_due(repeat.due) == "Mon 2026-03-09 02:30"


def test_last_instance_is_done_like_any_task(
    memory_service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    memory_service.add(ann, "x", repeat="every day until march 6")
    assert [day[:3] for day in dues(memory_service, ann, clock, 3)] == ["Wed", "Thu", "Fri"]
    assert memory_service.find(ann).total == 0
    assert memory_service.find(ann, status="done").total == 1


def test_skip_moves_on_without_completing(memory_service: TaskService, ann: Owner) -> None:
    memory_service.add(ann, "x", due="today", repeat="every day")
    memory_service.add(ann, "once")
    repeating, once = memory_service.complete(ann, [1, 2], skip=True)
    assert (repeating.moved_on, once.changed) == (True, False)
    assert memory_service.stats(ann, "today").completed == 0
    assert memory_service.find(ann, status="done", when="today").total == 0


def test_undo_takes_back_the_due_and_the_logged_completion(
    memory_service: TaskService, ann: Owner
) -> None:
    before, _ = memory_service.add(ann, "x", due="today", repeat="every day")
    memory_service.complete(ann, [1])
    done = memory_service.find(ann, status="done", when="today")
    assert (done.total, done.times) == (1, {1: 1})
    memory_service.undo(ann)
    assert memory_service.find(ann).tasks == (before,)
    assert memory_service.find(ann, status="done", when="today").total == 0
    assert memory_service.stats(ann, "today").completed == 0


def test_rescheduling_keeps_the_rule_and_only_its_own_word_clears_it(
    memory_service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    memory_service.add(ann, "x", repeat="every monday")
    task, _ = memory_service.update(ann, 1, due="2026-03-11")
    assert task.repeat is not None
    (answer,) = memory_service.complete(ann, [1])
    assert answer.task is not None
    assert answer.task.due == date(2026, 3, 16)
    with pytest.raises(TaskRefusal, match="needs a due"):
        memory_service.update(ann, 1, due="none")
    task, _ = memory_service.update(ann, 1, due="none", repeat="none")
    assert (task.due, task.repeat) == (None, None)


def test_new_rule_brings_its_own_first_due_unless_the_old_one_fits(
    memory_service: TaskService, ann: Owner
) -> None:
    memory_service.add(ann, "x", due="2026-03-12 08:00")
    task, _ = memory_service.update(ann, 1, repeat="every monday")
    assert format_due(task.due or date.min) == "Mon 2026-03-09 08:00"
    task, _ = memory_service.update(ann, 1, repeat="every day")
    assert format_due(task.due or date.min) == "Mon 2026-03-09 08:00"
    task, _ = memory_service.add(ann, "y", due="2026-03-20", repeat="every day at 7am")
    assert format_due(task.due or date.min) == "Fri 2026-03-20 07:00"


ZONES = sorted(available_timezones() - {"localtime", "posixrules"})
RULES = ["every day", "every weekday at 2:30am", "every other tuesday", "every 31st", "yearly"]


@given(
    st.sampled_from(RULES),
    st.integers(946684800, 2524608000),
    st.sampled_from(ZONES),
    st.integers(0, 100),
)
def test_next_due_is_ahead_of_now_and_of_the_one_before_in_every_zone(
    phrase: str, begin: int, zone_name: str, late: int
) -> None:
    from app.tasks.dates.repeat import next_due, recurrence

    zone, now = ZoneInfo(zone_name), datetime.fromtimestamp(begin, UTC)
    rule, due = parse_repeat(phrase, now, zone)
    now += timedelta(days=late)
    following = next_due(recurrence(phrase, rule, due), due, now, zone)
    assert following is not None
    assert type(following) is type(due)
    assert following > due
    if isinstance(following, datetime):
        assert following > now
    else:
        assert following > now.astimezone(zone).date()
