"""The table of model calls, whose columns keep their names."""

from sqlalchemy import Boolean, Column, Float, Integer, String, Table

from ..database import PREFIX, UtcDateTime, metadata

calls = Table(
    f"{PREFIX}ledger",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("user_id", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("turn", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("model", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("kind", String),
    Column("exhausted", Boolean, nullable=False),
    Column("first_token_ms", Integer),
    Column("total_ms", Integer, nullable=False),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("tokens_cached", Integer),
    Column("tokens_reasoning", Integer),
    Column("cost", Float),
)
