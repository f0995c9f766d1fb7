"""Run the commands that the README shows, at a clock that stands still."""

import re
import shlex
from itertools import pairwise

import pytest

from tests.conftest import ROOT
from tests.fakes.inside import Enter

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("heading", ["Commands without a model", "When something is wrong"])
def test_commands_show_what_the_readme_shows(enter: Enter, heading: str) -> None:
    section = re.split(r"\n#+ ", README.split(f"## {heading}")[1])[0]
    shown = [line[4:] for line in section.splitlines() if line.startswith("    ") or not line]
    starts = [n for n, line in enumerate(shown) if line.startswith("$ ")] + [len(shown)]
    assert len(starts) > 1
    for start, end in pairwise(starts):
        words = shlex.split(shown[start].removeprefix("$ "))
        command = words.index("app") + 1
        given = dict(word.split("=", 1) for word in words[: command - 3])
        printed = enter(*words[command:], **given).out
        wanted = "\n".join(shown[start + 1 : end]).strip("\n")
        assert printed.startswith(wanted), printed
