"""Hold each command to what it may load: nothing heavy before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import child_environment

MODELS = (
    "langgraph",
    "langchain",
    "langchain_core",
    "langchain_google_genai",
    "langchain_groq",
    "google.genai",
    "groq",
    "openai",
    "anthropic",
    "httpx",
    "pydantic",
)
SCREEN = ("prompt_toolkit", "rich.markdown", "rich.live", "pygments")
STORE = ("sqlalchemy", "alembic", "sqlite3", "app.tasks", "app.conversations")
TASKS = (*MODELS, *SCREEN, "alembic", "icalendar", "app.llm", "app.tools", "app.telemetry")
PHRASES = ("app.tasks.dates.due", "app.tasks.dates.repeat", "app.tasks.archive", "dateutil")
ALL = (*MODELS, *SCREEN, *STORE, "rich", "asyncio", "app.settings.table", "dotenv")

COMMANDS: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("--help",), ALL),
    (("--version",), (*MODELS, *SCREEN, *STORE, "rich")),
    (("tasks", "--help"), ALL),
    (("tasks",), (*TASKS, *PHRASES)),
    (("tasks", "--json"), (*TASKS, *PHRASES, "rich")),
    (("add", "x"), (*TASKS, "rich")),
    (("done", "1"), (*TASKS, "rich")),
    (("undo",), (*TASKS, "rich")),
    (("config",), (*MODELS, *SCREEN, *STORE, "asyncio")),
    (("config", "set", "APP_USER", "ann"), (*MODELS, *SCREEN, *STORE, "asyncio", "rich")),
    (("token", "ann"), (*MODELS, *SCREEN, *STORE, "rich", "asyncio", "jwt", "starlette")),
    (("doctor", "--help"), ALL),
    (("doctor", "--offline"), (*SCREEN, "alembic", "langgraph", "app.graph", "app.tools", "groq")),
    (("export",), (*MODELS, *SCREEN, "alembic", "rich")),
    (("chat", "--help"), ALL),
    (
        ("chat", "-m", "list"),
        ("prompt_toolkit", "app.cli.chat.display", "icalendar", "langchain_groq"),
    ),
]
"""What is run, and the modules that must not be loaded when it ends."""

CODE = """
import sys
from app.cli import main
heavy = sys.argv.pop(1).split(",")
try:
    main()
finally:
    print(*(name for name in heavy if name in sys.modules), file=open("loaded", "w"))
"""


PROMPT = """
import sys
from app.cli.main import main
from app.cli.chat.prompt import Prompt

def ask(*given):
    print(*sys.modules, sep="\\n", file=sys.stderr)
    raise EOFError

def begin(loading):
    print("# the models begin to load", file=sys.stderr)

from app.cli.chat.loading import Loading
Prompt.ask, Loading.begin = ask, begin
sys.stdin.isatty = lambda: True
main(["chat"])
"""


@pytest.mark.parametrize(
    ("args", "forbidden"), COMMANDS, ids=[" ".join(args) for args, _ in COMMANDS]
)
def test_command_loads_nothing_that_it_needn_t(
    args: tuple[str, ...], forbidden: tuple[str, ...], made: Path
) -> None:
    subprocess.run(
        [sys.executable, "-c", CODE, ",".join(forbidden), *args],
        cwd=made,
        env=child_environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (made / "loaded").read_text().split() == []


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A directory whose database is there already: only the first start migrates."""
    from app.clock import SystemClock
    from app.runtime import Stores
    from app.settings import Settings

    stores = Stores(Settings.load(), SystemClock())
    stores.tasks()
    stores.close()
    return tmp_path


def test_prompt_is_there_before_rich_the_stores_and_the_models(made: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROMPT],
        cwd=made,
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = set(ended.stderr.splitlines())
    assert found & {*MODELS, *STORE, "rich", "dateutil", "icalendar"} <= {"app.conversations"}
    assert "prompt_toolkit" in found
    assert "# the models begin to load" in found
