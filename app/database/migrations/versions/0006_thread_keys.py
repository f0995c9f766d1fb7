"""Make what the keys of threads need: a secret, the keys that were deleted, and a way to look up.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables and the index."""
    op.create_table(
        "task_relay_thread_secret",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secret", sa.String(64), nullable=False),
    )
    op.create_table(
        "task_relay_deleted_threads",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("deleted_at", sa.DateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "task_relay_deleted_threads_by_key", "task_relay_deleted_threads", ["key"], unique=True
    )
    op.create_index("task_relay_threads_by_owner", "task_relay_threads", ["key", "id"])


def downgrade() -> None:
    """Drop what `upgrade` made."""
    op.drop_index("task_relay_threads_by_owner", "task_relay_threads")
    op.drop_table("task_relay_deleted_threads")
    op.drop_table("task_relay_thread_secret")
