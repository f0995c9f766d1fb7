"""Add a task by the quick path: the same store and the same words as the tool's."""

import json

import pytest

from tests.fakes.inside import Enter


def test_task_is_read_from_a_line_or_from_several_words(enter: Enter) -> None:
    added = enter("add", "Pay rent friday !high #home")
    assert (added.code, added.out, added.err) == (
        0,
        "Added #1 Pay rent | due Fri 2026-03-06 | high | #home\n",
        "",
    )
    assert enter("add", "Buy", "milk", "tomorrow").out == "Added #2 Buy milk | due Thu 2026-03-05\n"


def test_same_task_is_added_once_unless_asked(enter: Enter) -> None:
    enter("add", "Buy milk")
    again = enter("add", "buy milk")
    assert (again.code, again.out) == (0, "")
    assert again.err == (
        "Already there, nothing added: #1 Buy milk. Add a second one with --again.\n"
    )
    assert enter("add", "--again", "buy milk").out == "Added #2 buy milk\n"


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        ("#home !high", 2, "There is no title."),
        ("x due someday soon", 1, 'due "someday soon" not understood.'),
    ],
)
def test_refusal_is_a_sentence_on_standard_error(
    enter: Enter, line: str, code: int, sentence: str
) -> None:
    ended = enter("add", line)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(sentence)
    assert json.loads(enter("export").out)["tasks"] == []
