from typing import Any

import pytest

from app.tasks.quick_line import read_ids, read_task

LINES = [
    ("Pay rent friday !high #home", "Pay rent", {"due": "friday", "priority": "high"}),
    ("pay rent on next Friday", "pay rent", {"due": "next Friday"}),
    ("call Bob tomorrow at 9", "call Bob", {"due": "tomorrow at 9"}),
    ("call Bob monday 9:30am", "call Bob", {"due": "monday 9:30am"}),
    ("water plants every friday", "water plants every friday", {}),
    ("shop on Black Friday", "shop on Black Friday", {}),
    ("plan for sunday", "plan for sunday", {}),
    ("read Freaky Fridays", "read Freaky Fridays", {}),
    ("friday", "friday", {}),
]


@pytest.mark.parametrize(("line", "title", "fields"), LINES)
def test_line_ends_in_a_day_or_keeps_it_in_the_title(
    line: str, title: str, fields: dict[str, Any]
) -> None:
    task = read_task(line)
    assert task is not None
    assert (task.title, {n: v for n, v in task.fields.items() if n != "tags"}) == (title, fields)


def test_marks_alone_are_no_task_and_words_no_ids() -> None:
    assert read_task("#home !high") is None
    assert read_task("due friday #home") is None
    assert read_ids(" 3, #4 and 5 ") == [3, 4, 5]
    assert read_ids("3 or 4") is None
