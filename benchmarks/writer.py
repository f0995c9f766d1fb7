"""Add tasks to a store: `python -m benchmarks.writer URL CHANGES`, one of several at once."""

import sys
from zoneinfo import ZoneInfo

from app.clock import SystemClock
from app.database import open_engine
from app.tasks import Owner, TaskService


def main() -> None:
    """Add one task after the other."""
    url, changes = sys.argv[1:]
    service, owner = TaskService(open_engine(url), SystemClock()), Owner("ann", ZoneInfo("UTC"))
    for _ in range(int(changes)):
        service.add(owner, "one more", allow_duplicate=True)


if __name__ == "__main__":
    main()
