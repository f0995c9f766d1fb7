"""Change tasks by the quick path: the same store and the same words as the tools'."""

import pytest

from tests.fakes.inside import Run


def test_add_done_undo(run: Run) -> None:
    added = run("add", "Pay rent friday !high #home")
    assert (added.code, added.out, added.err) == (
        0,
        "Added #1 Pay rent | due Fri 2026-03-06 | high | #home\n",
        "",
    )
    assert run("add", "Buy", "milk", "tomorrow").out == "Added #2 Buy milk | due Thu 2026-03-05\n"
    done = run("done", "1", "#2")
    assert (done.code, done.out) == (0, "Completed #1 Pay rent\nCompleted #2 Buy milk\n")
    undone = run("undo")
    assert undone.out.splitlines() == [
        "Undid the completion of:",
        "#1 Pay rent | due Fri 2026-03-06 | high | #home",
        "#2 Buy milk | due Thu 2026-03-05",
    ]
    assert run("undo", "2").code == 0
    nothing = run("undo")
    assert (nothing.code, nothing.out, nothing.err) == (1, "", "There is nothing to undo.\n")


def test_same_task_is_added_once_unless_asked(run: Run) -> None:
    run("add", "Buy milk")
    again = run("add", "buy milk")
    assert (again.code, again.out) == (0, "")
    assert again.err == (
        "Already there, nothing added: #1 Buy milk. Add a second one with --again.\n"
    )
    assert run("add", "--again", "buy milk").out == "Added #2 buy milk\n"


def test_what_cannot_be_done_goes_to_standard_error_and_is_exit_1(run: Run) -> None:
    run("add", "a")
    ended = run("done", "9,", "1")
    assert (ended.code, ended.out, ended.err) == (1, "Completed #1 a\n", "#9: no such task.\n")
    assert run("done", "1").err == "#1 a: not open.\n"
    assert run("done", "1", "--user", "bob").err == "#1: no such task.\n"


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
    run: Run, args: tuple[str, ...], code: int, sentence: str
) -> None:
    ended = run(*args)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(sentence)
