"""Make the table of breaker states, which outlive a process.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "task_relay_breakers",
        sa.Column("key", sa.String(300), primary_key=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("openings", sa.Integer, nullable=False),
        sa.Column("open_until", sa.DateTime, nullable=True),
        sa.Column("probe_until", sa.DateTime, nullable=True),
    )


def downgrade() -> None:
    """Drop what `upgrade` made."""
    op.drop_table("task_relay_breakers")
