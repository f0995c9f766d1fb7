"""Wait at the end for those who don't answer, for all together no longer than for one."""

import threading

from app.telemetry import Ending


def test_what_ends_is_waited_for() -> None:
    ended: list[str] = []
    ending = Ending()
    ending.begin(lambda: ended.append("alerts"))
    ending.begin(lambda: ended.append("metrics"))
    assert ending.wait()
    assert sorted(ended) == ["alerts", "metrics"]


def test_patience_is_for_all_together_and_holds_no_process() -> None:
    go_on, waited = threading.Event(), [0.0]

    def monotonic() -> float:
        waited[0] += 1.0  # a look at the clock takes a second here
        return waited[0]

    ending = Ending(patience=1.5, monotonic=monotonic)
    for _ in range(3):
        ending.begin(go_on.wait)
    assert not ending.wait()
    assert waited == [4.0], "one look at the clock for each, and none waited anew"
    mine = [thread for thread in threading.enumerate() if thread.name == "task-relay-ending"]
    assert all(thread.daemon for thread in mine)
    go_on.set()
    for thread in mine:
        thread.join()
