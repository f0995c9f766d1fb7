"""Make the tables of model calls, of quotas, and of the last alert.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    _make_ledger()
    _make_quotas()
    op.create_table(
        "task_relay_alerts",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("sent_at", sa.DateTime, nullable=False),
    )


def _make_ledger() -> None:
    op.create_table(
        "task_relay_ledger",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("thread", sa.String(200), nullable=False),
        sa.Column("turn", sa.String(16), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=True),
        sa.Column("exhausted", sa.Boolean, nullable=False),
        sa.Column("first_token_ms", sa.Integer, nullable=True),
        sa.Column("total_ms", sa.Integer, nullable=False),
        sa.Column("tokens_in", sa.Integer, nullable=True),
        sa.Column("tokens_out", sa.Integer, nullable=True),
        sa.Column("tokens_cached", sa.Integer, nullable=True),
        sa.Column("tokens_reasoning", sa.Integer, nullable=True),
        sa.Column("cost", sa.Float, nullable=True),
    )
    op.create_index("task_relay_ledger_by_time", "task_relay_ledger", ["at"])


def _make_quotas() -> None:
    op.create_table(
        "task_relay_quotas",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("quota", sa.String(20), primary_key=True),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("known_at", sa.DateTime, nullable=False),
        sa.Column("used", sa.Float, nullable=False),
        sa.Column("counted_at", sa.DateTime, nullable=False),
        sa.Column("resets_at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Drop what `upgrade` made."""
    op.drop_table("task_relay_alerts")
    op.drop_table("task_relay_quotas")
    op.drop_table("task_relay_ledger")
