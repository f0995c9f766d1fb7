"""Take back the last changes by the quick path."""

from tests.fakes.inside import Enter


def test_last_changes_are_taken_back_until_there_are_none(enter: Enter) -> None:
    enter("add", "Pay rent friday !high #home")
    enter("add", "Buy milk tomorrow")
    enter("done", "1", "2")
    undone = enter("undo")
    assert (undone.code, undone.out.splitlines()) == (
        0,
        [
            "Undid the completion of:",
            "#1 Pay rent | due Fri 2026-03-06 | high | #home",
            "#2 Buy milk | due Thu 2026-03-05",
        ],
    )
    assert enter("undo", "2").code == 0
    nothing = enter("undo")
    assert (nothing.code, nothing.out, nothing.err) == (1, "", "There is nothing to undo.\n")


def test_number_of_steps_begins_at_one(enter: Enter) -> None:
    ended = enter("undo", "0")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Invalid value for")
