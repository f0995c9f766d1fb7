"""Make the tables of threads and of what was said in them.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "task_relay_threads",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("begun_at", sa.DateTime, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "task_relay_threads_by_key", "task_relay_threads", ["user_id", "key"], unique=True
    )
    op.create_table(
        "task_relay_transcript",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("thread_id", sa.Integer, nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("said_at", sa.DateTime, nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("more", sa.JSON, nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "task_relay_transcript_by_message",
        "task_relay_transcript",
        ["thread_id", "message_id"],
        unique=True,
    )


def downgrade() -> None:
    """Drop what `upgrade` made."""
    op.drop_table("task_relay_transcript")
    op.drop_table("task_relay_threads")
