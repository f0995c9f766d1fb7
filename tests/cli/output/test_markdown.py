"""Cut answers into blocks, and render each as a terminal shows it."""

import pytest

from app.cli.output.markdown import Block, blocks_of
from app.cli.output.tables import render

ANSWER = (
    "# Plan\n\n- a\n- b\n\n```\nx = 1\n\ny = 2\n```\n\nText\nin two lines\n\n| a |\n|---|\n| 1 |\n"
)


def test_blocks_are_the_whole_text_and_do_not_change_when_it_grows() -> None:
    whole = blocks_of(ANSWER)
    assert "".join(whole) == ANSWER
    assert [block.split("\n")[0] for block in whole] == ["# Plan", "- a", "```", "Text", "| a |"]
    for end in range(len(ANSWER)):
        finished = blocks_of(ANSWER[:end])[:-1]
        assert "".join(finished) == ANSWER[: len("".join(finished))]


@pytest.mark.parametrize(
    ("text", "first", "shown"),
    [
        ("## Plan\n", True, "Plan\n"),
        ("## Plan\n", False, "\nPlan\n"),
        ("a\nb\n\n", True, "a\nb\n"),
        ("fix <b> & ~~gone~~", True, "fix <b> & gone\n"),
        ("- [x](http://y)", True, " • x (http://y)\n"),
        ("plain words", True, "plain words\n"),
        ("", True, ""),
    ],
)
def test_block_has_no_empty_lines_of_its_own(text: str, first: bool, shown: str) -> None:
    assert render(Block(text, first), width=40, colours=False) == shown
