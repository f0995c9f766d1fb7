"""Remove deleted tasks for good."""

from collections.abc import Callable

from tests.conftest import Ended
from tests.fakes.inside import Enter
from tests.fakes.terminal import Terminal


def test_purge_asks_and_is_for_good(
    enter: Enter, command: Callable[..., Ended], in_terminal: Callable[..., Terminal]
) -> None:
    enter("add", "a")
    enter("add", "b")
    command("chat", "-m", "delete 1")
    refused = enter("purge")
    assert (refused.code, refused.out) == (3, "")
    asking = in_terminal("purge")
    asking.wait("Remove all deleted tasks of local for good? [y/N]:")
    asking.type("n")
    assert asking.end() == 3
    assert enter("purge", "--yes").out == "1 deleted tasks removed for good.\n"
    assert "#1: no such task." in command("chat", "-m", "reopen 1").out
