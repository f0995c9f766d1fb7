"""Ask the database for the sums of the ledger: each question is one pass, its answer is short."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    select,
    values,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ...database import UtcDateTime
from ..attempt import Outcome
from ..ledger_table import calls

Bounds = Sequence[tuple[int, datetime, datetime]]
"""Parts of the time: number, begin, end."""

COLUMNS = {"provider": calls.c.provider, "model": calls.c.model, "user": calls.c.user_id}
"""What attempts can be told apart by, and the column that says it."""

_TIMES = {"first_token": calls.c.first_token_ms, "total": calls.c.total_ms}
_AT_ONCE = 2_000
_ELEMENT, _PART = "\x1e", "\x1f"
"""What an element of a list begins with, and what stands before its group."""

_answered = calls.c.outcome.in_([outcome.value for outcome in Outcome if outcome.answered])
_gave_up = calls.c.outcome.in_([outcome.value for outcome in Outcome if outcome.gave_up])


class each_once(FunctionElement[str]):
    """Join the different values of a text column with commas."""

    inherit_cache = True
    type = String()


@compiles(each_once)
def _grouped(element: each_once, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat(DISTINCT {compiler.process(element.clauses, **options)})"


@compiles(each_once, "postgresql")
def _aggregated(element: each_once, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg(DISTINCT {compiler.process(element.clauses, **options)}, ',')"


@dataclass(frozen=True, slots=True)
class Turns:
    """Turns that are alike.

    Attributes:
        parts: Where their attempts were: part of the time, group, and whether a model was given
            up there.
        failed_over: Whether another model than the first answered.
        lost: Whether no model was left.
        count: How many such turns there are.
    """

    parts: tuple[tuple[int, str, bool], ...]
    failed_over: bool
    lost: bool
    count: int


class LedgerSums:
    """The questions.

    Args:
        connection: To the database.
        begin: From when on attempts count.
        by: One of `COLUMNS`, by which they are told apart; any other word is none.
    """

    def __init__(self, connection: Connection, begin: datetime, by: str | None) -> None:
        self._connection = connection
        self._since = calls.c.at >= begin
        self._group = COLUMNS.get(by or "")

    def first(self) -> datetime | None:
        """Return when the first attempt was."""
        first: datetime | None = self._connection.scalar(
            select(func.min(calls.c.at)).where(self._since)
        )
        return first

    def calls(self, bounds: Bounds) -> Iterator[Row[Any]]:
        """Yield counts and sums by part of the time, group, outcome and kind of failure."""
        parts = _parts(bounds)
        keys = [parts.c.cut, self._told_apart(), calls.c.outcome, calls.c.kind]
        known = calls.c.tokens_in.is_not(None)
        query = select(
            *keys,
            func.count().label("count"),
            func.count(calls.c.tokens_in).label("counted"),
            *(func.sum(each).label(each.name) for each in _token_columns()),
            func.count(calls.c.cost).label("priced"),
            func.sum(calls.c.cost).label("cost"),
            _number(and_(known, calls.c.cost.is_(None)), func.sum).label("unpriced"),
        )
        return self._rows(_inside(query, parts).group_by(*keys))

    def turns(self, bounds: Bounds) -> Iterator[Turns]:
        """Yield how many turns there are of each sort."""
        parts = _parts(bounds)
        code: ColumnElement[str] = literal(_ELEMENT) + cast(
            parts.c.cut * 2 + case((_gave_up, 1), else_=0), String
        )
        if self._group is not None:
            code = code + _PART + self._group
        of_turn = (
            _inside(select(each_once(code).label("parts")), parts)
            .add_columns(
                _number(and_(_answered, calls.c.position > 0), func.max).label("failed_over"),
                _number(calls.c.exhausted, func.max).label("lost"),
            )
            .group_by(calls.c.turn, calls.c.user_id, calls.c.thread)
            .subquery()
        )
        sort = of_turn.c.parts, of_turn.c.failed_over, of_turn.c.lost
        for told, failed_over, lost, count in self._rows(
            select(*sort, func.count()).group_by(*sort)
        ):
            yield Turns(_read(told), bool(failed_over), bool(lost), count)

    def times(self, name: str, bounds: Bounds) -> Iterator[tuple[int, int, int]]:
        """Yield part of the time, milliseconds of an answer, and how many took them, in order.

        Args:
            name: `first_token` or `total`.
            bounds: The parts.
        """
        parts, time = _parts(bounds), _TIMES[name]
        query = select(parts.c.cut, time, func.count()).where(_answered, time.is_not(None))
        keys = parts.c.cut, time
        return self._rows(_inside(query, parts).group_by(*keys).order_by(*keys))

    def times_by_group(self, name: str) -> Iterator[tuple[str, int, int]]:
        """Yield group, milliseconds of an answer, and how many took them, group by group."""
        time, group = _TIMES[name], self._group
        assert group is not None
        query = select(group, time, func.count()).where(self._since, _answered, time.is_not(None))
        return self._rows(query.group_by(group, time).order_by(group, time))

    def _told_apart(self) -> ColumnElement[str]:
        group = literal("") if self._group is None else self._group
        return group.label("told_apart")

    def _rows(self, query: Select[Any]) -> Iterator[Any]:
        yield from self._connection.execution_options(yield_per=_AT_ONCE).execute(query)


def _parts(bounds: Bounds) -> Any:
    columns = column("cut", Integer), column("begins", UtcDateTime), column("ends", UtcDateTime)
    return values(*columns, name="given").data(list(bounds)).cte("parts")


def _inside(query: Select[Any], parts: Any) -> Select[Any]:
    """Return a query over the attempts of each part: the index by time gives them."""
    within = and_(calls.c.at >= parts.c.begins, calls.c.at < parts.c.ends)
    return query.select_from(parts.join(calls, within))


def _token_columns() -> tuple[Any, ...]:
    return (
        calls.c.tokens_in,
        calls.c.tokens_out,
        calls.c.tokens_cached,
        calls.c.tokens_reasoning,
    )


def _number(condition: Any, total: Any) -> Any:
    """Return how often, or whether ever, a condition holds.

    Args:
        condition: The condition.
        total: `sum` or `max`.
    """
    return total(case((condition, 1), else_=0))


def _read(told: str) -> tuple[tuple[int, str, bool], ...]:
    """Read a list of parts; each but the last is followed by the comma that joins them."""
    *others, last = told.split(_ELEMENT)[1:]
    parts = []
    for element in (*(other[:-1] for other in others), last):
        code, _, group = element.partition(_PART)
        parts.append((int(code) // 2, group, bool(int(code) % 2)))
    return tuple(parts)
