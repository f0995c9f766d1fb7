"""Read stated waits in every form that is seen, and believe none beyond a day."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.llm.failures.retry_after import A_DAY, duration, longest_wait
from app.llm.providers.groq import quotas_in_headers

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("16h30m", 59_400),
        ("9m38.016s", 578.016),
        ("172ms", 0.172),
        ("51.440389927s", 51.440389927),
        ("1m47.5854s", 107.5854),
        ("5", 5),
        ("2.5", 2.5),
        ("5 s", 5),
        ("5 minutes and 3 seconds", 303),
        ("2d", A_DAY),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("315576000000s", None),
    ],
)
def test_duration(text: str, seconds: float | None) -> None:
    assert duration(text) == (seconds if seconds is None else pytest.approx(seconds))


def test_longest_of_all_that_is_stated_counts() -> None:
    headers = {"retry-after": "5"}
    assert longest_wait(headers, ["7s"], "Please try again in 4.77s.", NOW) == 7
    assert longest_wait({}, [], "Please retry in 16h30m", NOW) == 59_400
    assert longest_wait({}, [], "try again later", NOW) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7m12s", 432),
        ("1795780920", 120),
        ("1795780920000", 120),
        ("Fri, 27 Nov 2026 12:02:00 GMT", 120),
        ("Friday, 27-Nov-26 12:02:00 GMT", 120),
        ("Fri Nov 27 12:02:00 2026", 120),
        ("2026-11-27T12:02:00Z", 120),
        ("Sun, 29 Nov 2026 12:00:00 GMT", A_DAY),
        ("90000", A_DAY),
        ("0", 0),
        ("1795000000", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
        ("inf", None),
        ("9" * 400, None),
        ("3802291200", None),
    ],
)
def test_header_is_seconds_a_duration_or_a_point_in_time(
    header: str, seconds: float | None
) -> None:
    assert longest_wait({"retry-after": header}, [], "", NOW) == seconds


def test_date_is_counted_from_the_date_of_the_answer() -> None:
    headers = {
        "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT",
        "date": "Wed, 21 Oct 2026 07:27:00 GMT",
    }
    assert longest_wait(headers, [], "", NOW) == 60


def test_milliseconds_have_a_header_of_their_own() -> None:
    assert longest_wait({"retry-after-ms": "1500"}, [], "", NOW) == 1.5


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("Please try again in 7m12.5s. Visit the console.", 432.5),
        ("Please retry in 26.3s.", 26.3),
        ("Please try your request again in 2 minutes.", 120),
        ("The limit will be lifted in 2 minutes", 120),
        ("Retry after 5 minutes and 3 seconds.", 303),
        ("Please wait 20 seconds", 20),
        ("please wait for about 1m", 60),
        ("retry after: 30s", 30),
        ("Your quota will reset after 2h3m4s.", 7384),
        ("You can try again in an hour", 3600),
        ("try again in 1 hour, 2 minutes", 3720),
        ("try again at 2026-11-27T12:05:00Z", 300),
        ("Try again at Fri, 27 Nov 2026 12:02:00 GMT.", 120),
        ("available again at 2026-11-27 12:07 UTC", 420),
        ("resets at 1795780930", 130),
        ("You made 20 requests in 24 hours", None),
        ("try again in 3 monkeys", None),
        ("wait for 3 models", None),
        ("Please try again in 999999 days", None),
    ],
)
def test_sentence_states_a_wait(sentence: str, seconds: float | None) -> None:
    assert longest_wait({}, [], sentence, NOW) == seconds


ODD = st.one_of(
    st.text(max_size=40),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
    st.from_regex(r"[0-9]{0,30}(\.[0-9]{0,9})?(ms|s|m|h|d|ns)?", fullmatch=True),
    st.datetimes().map(lambda when: format_datetime(when.replace(tzinfo=UTC), usegmt=True)),
    st.datetimes().map(str),
)


@settings(max_examples=150, deadline=None)
@given(header=ODD, ms=ODD, date=ODD, delay=ODD, told=ODD)
@example(header="9" * 5000, ms="9" * 5000, date="9" * 5000, delay="9" * 5000, told="9" * 5000)
def test_whatever_is_sent_the_wait_is_none_or_at_most_a_day(
    header: str, ms: str, date: str, delay: str, told: str
) -> None:
    headers = {"retry-after": header, "retry-after-ms": ms, "date": date}
    wait = longest_wait(headers, [delay], f"try again in {told}, at {told}", NOW)
    assert wait is None or (math.isfinite(wait) and 0 <= wait <= A_DAY)


@settings(max_examples=50, deadline=None)
@given(seconds=st.integers(1, 86_400))
def test_each_form_of_one_wait_reads_the_same(seconds: int) -> None:
    then = NOW + timedelta(seconds=seconds)
    forms = [
        str(seconds),
        f"{seconds}s",
        f"{seconds} seconds",
        f"{seconds * 1000}ms",
        str(int(then.timestamp())),
        str(int(then.timestamp() * 1000)),
        format_datetime(then, usegmt=True),
        then.isoformat(),
    ]
    waits = {longest_wait({"retry-after": form}, [], "", NOW) for form in forms}
    assert waits == {float(seconds)}


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["limit", "remaining", "reset"]), ODD))
def test_whatever_a_good_answers_headers_say_they_are_read_or_left_out(
    told: dict[str, str],
) -> None:
    headers = {f"x-ratelimit-{name}-tokens": value for name, value in told.items()}
    for quota in quotas_in_headers(headers):
        assert 0 <= quota.seconds <= A_DAY
        assert 0 < quota.limit.amount < 2**53
        assert 0 <= quota.left < 2**53
