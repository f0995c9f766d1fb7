"""Watch what is imported before it is needed: that is what a start takes its time for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import child_environment

MODELS = {"langchain_core", "langgraph", "langsmith", "langchain_groq", "langchain_google_genai"}
STORES = {"sqlalchemy", "alembic", "app.tasks"}
SCREENS = {"rich", "prompt_toolkit"}
REST = {"pydantic", "asyncio", "httpx", "dateutil", "icalendar", "pygments"}
EVERYTHING = MODELS | STORES | SCREENS | REST

COMMAND = """
import sys
from app.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print(*sys.modules, sep="\\n", file=sys.stderr)
"""
PROMPT = """
import sys
from app.cli.main import main
from app.cli.prompt import Prompt

def ask(*given):
    print(*sys.modules, sep="\\n", file=sys.stderr)
    raise EOFError

def begin(loading):
    print("# the models begin to load", file=sys.stderr)

from app.cli.loading import Loading
Prompt.ask, Loading.begin = ask, begin
sys.stdin.isatty = lambda: True
main(["chat"])
"""


@pytest.mark.parametrize(
    ("args", "absent"),
    [
        (("--help",), EVERYTHING),
        (("--version",), EVERYTHING),
        (("chat", "--help"), EVERYTHING),
        (("export", "--help"), EVERYTHING),
        (("export",), MODELS | SCREENS | {"pydantic"}),
        (("purge", "--yes"), MODELS | SCREENS | {"pydantic", "icalendar"}),
        (
            ("chat", "-m", "list"),
            {"prompt_toolkit", "app.cli.display", "icalendar", "langchain_groq"},
        ),
    ],
)
def test_command_loads_nothing_that_it_does_not_need(
    args: tuple[str, ...], absent: set[str], tmp_path: Path
) -> None:
    assert loaded(COMMAND, *args, directory=tmp_path) & absent == set()


def test_prompt_is_there_before_rich_the_stores_and_the_models(tmp_path: Path) -> None:
    found = loaded(PROMPT, directory=tmp_path)
    assert (
        found & (MODELS | STORES | {"rich", "pydantic", "httpx", "dateutil", "icalendar"}) == set()
    )
    assert "prompt_toolkit" in found
    assert "# the models begin to load" in found


def loaded(code: str, *args: str, directory: Path) -> set[str]:
    """Return the modules that are loaded in a process of its own when it ends or asks."""
    ended = subprocess.run(
        [sys.executable, "-c", code, *args],
        cwd=directory,
        env=child_environment(APP_DATA_DIR=str(directory / "data")),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = set(ended.stderr.splitlines())
    assert "app.cli.main" in found, ended.stderr
    return found
