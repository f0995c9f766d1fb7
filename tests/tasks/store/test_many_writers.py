"""Several processes write to one store at once."""

import subprocess

from app.clock import SystemClock
from app.database import open_engine, upgrade
from app.tasks import Owner, TaskService
from tests.conftest import child_environment
from tests.fakes.warm import Warm

WRITE = """
import sys
from zoneinfo import ZoneInfo
from app.clock import SystemClock
from app.database import open_engine
from app.tasks import Owner, TaskService
service = TaskService(open_engine(sys.argv[1]), SystemClock())
for _ in range(int(sys.argv[2])):
    service.add(Owner(sys.argv[3], ZoneInfo("UTC")), "one more", allow_duplicate=True)
"""
PROCESSES, CHANGES = 3, 20


def test_no_change_is_lost_and_nobody_hears_of_a_lock(
    store_url: str, ann: Owner, warm: Warm
) -> None:
    engine = open_engine(store_url)
    upgrade(engine)
    command = [str(warm.python), "-c", WRITE, store_url, str(CHANGES), ann.user_id]
    writers = [
        subprocess.Popen(command, env=child_environment(), stderr=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]
    errors = [writer.communicate(timeout=120)[1] for writer in writers]
    assert errors == [b""] * PROCESSES
    added = PROCESSES * CHANGES
    page = TaskService(engine, SystemClock()).find(ann, sort="created", limit=added + 1)
    engine.dispose()
    assert [task.id for task in page.tasks] == list(range(added, 0, -1))
