"""Run the commands that the documents show, at a clock that stands still."""

import shlex

import pytest

from tests.documents import GUIDES, section, sessions
from tests.fakes.inside import Enter


@pytest.mark.parametrize("heading", ["## Commands without a model", "## When something is wrong"])
def test_commands_show_what_the_document_shows(enter: Enter, heading: str) -> None:
    text = section(GUIDES["commands.md"], heading).split("\n|")[0]
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ") or not line]
    shown = sessions(lines[next(n for n, line in enumerate(lines) if line.startswith("$ ")) :])
    assert shown
    for typed, printed in shown:
        words = shlex.split(typed)
        command = words.index("app") + 1
        given = dict(word.split("=", 1) for word in words[: command - 3])
        ended = enter(*words[command:], **given).out
        assert ended.startswith("\n".join(printed).strip("\n")), ended
