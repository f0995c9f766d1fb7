"""Make the tables of the task domain.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make tasks, the counters of their ids, and the history of changes."""
    op.create_table(
        "task_relay_task_counters",
        sa.Column("user_id", sa.String(200), primary_key=True),
        sa.Column("last_task_id", sa.Integer, nullable=False),
    )
    op.create_table(
        "task_relay_tasks",
        sa.Column("user_id", sa.String(200), primary_key=True),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("title_key", sa.String(500), nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("priority", sa.String(10), nullable=True),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("due_date", sa.Date, nullable=True),
        sa.Column("due_local", sa.DateTime, nullable=True),
        sa.Column("due_zone", sa.String(64), nullable=True),
        sa.Column("due_utc", sa.DateTime, nullable=True),
        sa.Column("due_text", sa.String(200), nullable=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("completed_at", sa.DateTime, nullable=True),
    )
    op.create_index(
        "task_relay_tasks_by_due", "task_relay_tasks", ["user_id", "status", "due_date"]
    )
    op.create_index("task_relay_tasks_by_title", "task_relay_tasks", ["user_id", "title_key"])
    op.create_table(
        "task_relay_task_changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("task_relay_task_changes_by_user", "task_relay_task_changes", ["user_id", "id"])


def downgrade() -> None:
    """Drop what `upgrade` made."""
    op.drop_table("task_relay_task_changes")
    op.drop_table("task_relay_tasks")
    op.drop_table("task_relay_task_counters")
