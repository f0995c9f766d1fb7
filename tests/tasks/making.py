"""Make tasks for the tests of policies, which need no database."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.tasks import Owner, RequestContext, Status, Task
from tests.fakes.clock import FixedClock

NEW_YORK = ZoneInfo("America/New_York")
ANN = Owner("ann", NEW_YORK)
NOW = FixedClock().now()
"""Wed 2026-03-04 22:30 in New York, already Thursday in UTC."""
REQUEST = RequestContext(ANN, NOW)
CREATED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_task(number: int = 1, title: str = "", **fields: Any) -> Task:
    """Return a task as it is stored, open where nothing else is said."""
    return Task(
        **{
            "id": number,
            "title": title or f"task {number}",
            "status": Status.OPEN,
            "created_at": CREATED,
            "uuid": UUID(int=number),
            **fields,
        }
    )
