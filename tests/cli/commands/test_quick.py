"""Change tasks by the quick path: the same store and the same words as the tools'."""

import pytest

from tests.fakes.inside import Enter


def test_add_done_undo(enter: Enter) -> None:
    added = enter("add", "Pay rent friday !high #home")
    assert (added.code, added.out, added.err) == (
        0,
        "Added #1 Pay rent | due Fri 2026-03-06 | high | #home\n",
        "",
    )
    assert enter("add", "Buy", "milk", "tomorrow").out == "Added #2 Buy milk | due Thu 2026-03-05\n"
    done = enter("done", "1", "#2")
    assert (done.code, done.out) == (0, "Completed #1 Pay rent\nCompleted #2 Buy milk\n")
    undone = enter("undo")
    assert undone.out.splitlines() == [
        "Undid the completion of:",
        "#1 Pay rent | due Fri 2026-03-06 | high | #home",
        "#2 Buy milk | due Thu 2026-03-05",
    ]
    assert enter("undo", "2").code == 0
    nothing = enter("undo")
    assert (nothing.code, nothing.out, nothing.err) == (1, "", "There is nothing to undo.\n")


def test_same_task_is_added_once_unless_asked(enter: Enter) -> None:
    enter("add", "Buy milk")
    again = enter("add", "buy milk")
    assert (again.code, again.out) == (0, "")
    assert again.err == (
        "Already there, nothing added: #1 Buy milk. Add a second one with --again.\n"
    )
    assert enter("add", "--again", "buy milk").out == "Added #2 buy milk\n"


def test_what_cannot_be_done_goes_to_standard_error_and_is_exit_1(enter: Enter) -> None:
    enter("add", "a")
    ended = enter("done", "9,", "1")
    assert (ended.code, ended.out, ended.err) == (1, "Completed #1 a\n", "#9: no such task.\n")
    assert enter("done", "1").err == "#1 a: not open.\n"
    assert enter("done", "1", "--user", "bob").err == "#1: no such task.\n"


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (("add", "#home !high"), 2, "There is no title."),
        (("add", "x due someday soon"), 1, 'due "someday soon" not understood.'),
        (("done", "rent"), 2, '"rent" are no task numbers.'),
        (("undo", "0"), 2, "Invalid value for"),
        (("done",), 2, "Missing argument"),
        (("ad", "x"), 2, "No such command 'ad'. Did you mean add?"),
    ],
)
def test_refusal_is_a_sentence_on_standard_error(
    enter: Enter, args: tuple[str, ...], code: int, sentence: str
) -> None:
    ended = enter(*args)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(sentence)
