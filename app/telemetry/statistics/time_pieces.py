"""Cut a span of time into minutes, hours or days of a person's zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_BY_HOUR_BELOW = timedelta(days=2)
_BY_MINUTE_BELOW = timedelta(hours=2)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Until when the last piece goes: the clock of another machine may be ahead."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a piece of time; it lies within one day.

    Attributes:
        piece: The number of the piece.
        begin_of_piece: When the piece begins.
        begin: When the part begins.
        end: When the next one does.
    """

    piece: int
    begin_of_piece: datetime
    begin: datetime
    end: datetime


def cuts_of(
    first: datetime, begin: datetime, end: datetime, zone: tzinfo, *, days: bool
) -> list[Cut]:
    """Return the parts of the time: pieces from the first attempt on, as long as the time is.

    Args:
        first: When the first attempt was.
        begin: When the span begins.
        end: When it ends.
        zone: Whose hours and days they are.
        days: Whether pieces that hold midnight are parted there.
    """
    starts = list(_starts(first, max(end, first), _step(end - begin), zone))
    midnights = set(_starts(first, max(end, first), _DAY, zone)) if days else set()
    inner = [start for start in sorted({*starts, *midnights}) if start >= starts[0]]
    cuts: list[Cut] = []
    piece = -1
    for number, start in enumerate(inner):
        piece += start in starts
        until = inner[number + 1] if number + 1 < len(inner) else _FOR_EVER
        cuts.append(Cut(piece, starts[piece], start if number else max(start, begin), until))
    return cuts


def local_day(instant: datetime, zone: tzinfo) -> str:
    """Return the day of an instant.

    Args:
        instant: The instant.
        zone: Whose day.
    """
    return f"{instant.astimezone(zone):%Y-%m-%d}"


def _step(span: timedelta) -> timedelta:
    if span > _BY_HOUR_BELOW:
        return _DAY
    return _MINUTE if span <= _BY_MINUTE_BELOW else _HOUR


def _starts(first: datetime, end: datetime, step: timedelta, zone: tzinfo) -> Iterator[datetime]:
    """Yield when pieces begin, in UTC; days are the zone's, however long the clocks make them."""
    local = first.astimezone(zone)
    start = local.replace(second=0, microsecond=0)
    if step > _MINUTE:
        start = start.replace(minute=0)
    if step == _DAY:
        day = local.date()
        while (at := datetime.combine(day, time(), zone).astimezone(UTC)) <= end:
            yield at
            day += _DAY
        return
    at = start.astimezone(UTC)
    while at <= end:
        yield at
        at += step
