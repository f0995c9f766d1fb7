"""Hold the table registry that all rooms share, and what makes both databases alike."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

PREFIX = "task_relay_"

metadata = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """Store an aware datetime as naive UTC, and give it back aware, in UTC."""

    impl = DateTime
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into naive UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn naive UTC into an aware datetime."""
        return None if value is None else value.replace(tzinfo=UTC)


class in_code_order(FunctionElement[str]):
    """Compare and sort a text by code points, as SQLite does, whatever the collation."""

    inherit_cache = True
    type = String()


@compiles(in_code_order)
def _plain(element: "in_code_order", compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(in_code_order, "postgresql")
def _collated(element: "in_code_order", compiler: SQLCompiler, **options: Any) -> str:
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'
