"""Mark tasks as done by the quick path."""

import pytest

from tests.fakes.inside import Enter


def test_tasks_are_named_by_number_with_or_without_the_sign(enter: Enter) -> None:
    enter("add", "Pay rent")
    enter("add", "Buy milk")
    done = enter("done", "1", "#2")
    assert (done.code, done.out) == (0, "Completed #1 Pay rent\nCompleted #2 Buy milk\n")


def test_what_cannot_be_done_goes_to_standard_error_and_is_exit_1(enter: Enter) -> None:
    enter("add", "a")
    ended = enter("done", "9,", "1")
    assert (ended.code, ended.out, ended.err) == (1, "Completed #1 a\n", "#9: no such task.\n")
    assert enter("done", "1").err == "#1 a: not open.\n"
    assert enter("done", "1", "--user", "bob").err == "#1: no such task.\n"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [(["rent"], '"rent" are no task numbers.'), ([], "Missing argument")],
)
def test_words_that_are_no_numbers_are_wrong_usage(
    enter: Enter, args: list[str], sentence: str
) -> None:
    ended = enter("done", *args)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(sentence)
