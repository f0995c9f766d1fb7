"""Install the real wheel with the real pip in a real second virtual environment, and use it."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.packaging.environment import SecondEnvironment, wheel_of

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("second environment")]

HOST = {
    "app/__init__.py": "MINE = 'the host'\n",
    "app/agent.py": "MINE = 'an agent of the host'\n",
    "app/tasks/__init__.py": "",
}
TYPED = """\
import asyncio

from task_relay import Settings, TaskRefusal, process_message
from task_relay.tasks import parse_repeat

reply = asyncio.run(process_message("ann", "hi"))
refused: Exception = TaskRefusal("no")
reveal_type(reply.ok)
reveal_type(parse_repeat)
asyncio.run(process_message(None, "hi"))
Settings.load().nonsense
"""
MYPY = """\
[mypy]
strict = true
follow_imports = skip
[mypy-task_relay.*]
follow_imports = silent
"""
"""Other packages' types would take it half a minute to read, and aren't asked about."""


def test_wheel_holds_the_package_under_its_own_name_and_nothing_else(
    build: Callable[[str], Path],
) -> None:
    files = zipfile.ZipFile(build("standard")).namelist()
    tops = {file.split("/")[0] for file in files}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"task_relay"}
    ours = {f"task_relay/{file.relative_to(ROOT / 'app')}" for file in (ROOT / "app").rglob("*.py")}
    assert ours | {"task_relay/py.typed"} == {file for file in files if "dist-info" not in file}


def test_wheel_lives_beside_a_host_with_a_package_app_and_leaves_it_whole(
    build: Callable[[str], Path], environment: SecondEnvironment, tmp_path: Path
) -> None:
    environment.install(wheel_of(tmp_path, "host", HOST), build("standard"))
    shown = environment.run("task-relay", "--help")
    assert shown.startswith("Usage: task-relay ")
    assert "python -m app" not in shown
    program = shutil.copy(Path(__file__).parent / "host_program.py", environment.directory)
    printed = environment.run("python", "-W", "error", str(program))
    text = "Added #1 buy milk"
    seen = json.loads(printed)
    assert seen["reply"][1].startswith(text)
    assert seen == {
        "host": ["the host", str(environment.packages / "app/__init__.py")],
        "below app": [],
        "host's logger": [10, True, True],
        "our loggers": ["task_relay", "task_relay.llm"],
        "graph": "RelayGraph task_relay",
        "opened by the import": [],
        "reply": ["task_relay.reply", seen["reply"][1]],
        "reply in another process": seen["reply"][1],
        "names": [
            "task_relay.errors",
            "task_relay.tasks.dates.repeat",
            "task_relay.tasks.dates.due",
        ],
        "marker": True,
    }
    assert "buy milk" in environment.run("python", "-m", "task_relay", "tasks", APP_USER="ann")
    environment.uninstall("task-relay")
    left = {
        str(file.relative_to(environment.packages)): file.read_text()
        for file in environment.packages.rglob("*.py")
    }
    assert left == HOST
    assert not (environment.python.parent / "task-relay").exists()


def test_a_hosts_strict_mypy_reads_the_types(
    build: Callable[[str], Path], environment: SecondEnvironment
) -> None:
    environment.install(build("standard"))
    (environment.directory / "host.py").write_text(TYPED)
    (environment.directory / "mypy.ini").write_text(MYPY)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--python-executable", str(environment.python), "host.py"],
        capture_output=True,
        text=True,
        cwd=environment.directory,
        check=False,
        timeout=300,
    )
    said = [line.removeprefix("host.py:") for line in done.stdout.splitlines()]
    assert said[0] == '8: note: Revealed type is "bool"'
    assert said[1].startswith('9: note: Revealed type is "def (text: str, now: datetime.datetime, ')
    assert said[2:] == [
        '10: error: Argument 1 to "process_message" has incompatible type "None"; '
        'expected "str | int"  [arg-type]',
        '11: error: "Settings" has no attribute "nonsense"  [attr-defined]',
        "Found 2 errors in 1 file (checked 1 source file)",
    ]


def test_an_editable_install_has_both_names_of_one_package(
    build: Callable[[str], Path], environment: SecondEnvironment
) -> None:
    environment.install(build("editable"))
    same = "import task_relay.tasks, app.tasks; print(task_relay.tasks is app.tasks, app.__file__)"
    assert environment.run("python", "-c", same) == f"True {ROOT / 'app/__init__.py'}\n"
    for module in ("app", "task_relay"):
        assert "Commands" in environment.run("python", "-m", module, "--help")
    assert "Commands" in environment.run("task-relay", "--help")
    environment.uninstall("task-relay")
    assert (ROOT / "app" / "__init__.py").exists()
