"""Give tasks projects, links, repeats, a search column and a UUID; remember tool calls.

Revision ID: 0003
"""

import re
import unicodedata
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TASKS = "task_relay_tasks"


def upgrade() -> None:
    """Add the columns and tables, and fill them for the tasks that are there."""
    for column in (
        sa.Column("uuid", sa.String(36), nullable=False, server_default=""),
        sa.Column("search", sa.Text, nullable=False, server_default=""),
        sa.Column("project", sa.String(100), nullable=True),
        sa.Column("project_key", sa.String(300), nullable=True),
        sa.Column("parent_id", sa.Integer, nullable=True),
        sa.Column("blocked_by", sa.Text, nullable=False, server_default=""),
        sa.Column("repeat_rule", sa.String(500), nullable=True),
        sa.Column("repeat_anchor", sa.DateTime, nullable=True),
        sa.Column("repeat_text", sa.String(200), nullable=True),
        sa.Column("repeat_from_completion", sa.Boolean, nullable=True),
    ):
        op.add_column(_TASKS, column)
    _fill()
    op.create_index("task_relay_tasks_by_uuid", _TASKS, ["user_id", "uuid"], unique=True)
    op.create_index("task_relay_tasks_by_parent", _TASKS, ["user_id", "parent_id"])
    op.create_index("task_relay_tasks_by_completion", _TASKS, ["user_id", "completed_at"])
    op.create_table(
        "task_relay_completions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("user_id", sa.String(200), nullable=False),
        sa.Column("change_id", sa.Integer, nullable=False),
        sa.Column("task_id", sa.Integer, nullable=False),
        sa.Column("completed_at", sa.DateTime, nullable=False),
    )
    op.create_index(
        "task_relay_completions_by_time", "task_relay_completions", ["user_id", "completed_at"]
    )
    op.create_index("task_relay_completions_by_change", "task_relay_completions", ["change_id"])
    op.create_table(
        "task_relay_calls",
        sa.Column("user_id", sa.String(200), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
    )
    op.create_index("task_relay_calls_by_time", "task_relay_calls", ["user_id", "made_at"])


def _fill() -> None:
    names = ("user_id", "id", "title", "notes", "uuid", "search")
    tasks = sa.table(_TASKS, *map(sa.column, names))
    connection = op.get_bind()
    for row in connection.execute(sa.select(tasks)).mappings().all():
        mine = sa.and_(tasks.c.user_id == row["user_id"], tasks.c.id == row["id"])
        text = unicodedata.normalize("NFKD", f"{row['title']} {row['notes']}").casefold()
        text = unicodedata.normalize("NFKD", text)
        kept = "".join(c for c in text if not unicodedata.combining(c))
        words = re.findall(r"\w+|[^\w\s!-~]", kept)
        values = {"uuid": str(uuid.uuid4()), "search": "".join(f" {word}" for word in words)}
        connection.execute(sa.update(tasks).where(mine).values(**values))


def downgrade() -> None:
    """Drop what `upgrade` made."""
    op.drop_table("task_relay_calls")
    op.drop_table("task_relay_completions")
    for index in ("uuid", "parent", "completion"):
        op.drop_index(f"task_relay_tasks_by_{index}", _TASKS)
    with op.batch_alter_table(_TASKS) as table:
        for column in ("uuid", "search", "project", "project_key", "parent_id", "blocked_by"):
            table.drop_column(column)
        for column in ("rule", "anchor", "text", "from_completion"):
            table.drop_column(f"repeat_{column}")
