"""In a checkout `app` and `task_relay` are one package, whichever is imported first."""

import ast
import importlib
import os
import pickle
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

import app
import task_relay
from tests.conftest import ROOT

BOTH_NAMES = """\
import importlib, sys

names = ["tasks.dates.due", "tasks", "errors", "settings", "clock", "reply", "tasks.dates.repeat"]
for name in names:
    importlib.import_module(f"task_relay.{name}")
import app, task_relay
assert task_relay is app
second = {name: sys.modules[f"task_relay.{name}"] for name in names}
assert all(module is sys.modules[f"app.{name}"] for name, module in second.items())
assert all(module.__spec__.name == f"app.{name}" for name, module in second.items())
assert importlib.reload(second["clock"]) is sys.modules["app.clock"]
assert importlib.reload(task_relay) is app
print("one package")
"""


def python(code: str, *before: Path) -> subprocess.CompletedProcess[str]:
    """Run some code in a new process, warnings being errors.

    Args:
        code: What to run.
        before: Directories that are searched before the checkout.
    """
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [*before, ROOT]))},
        check=False,
        timeout=60,
    )


def test_the_second_name_gives_the_same_modules() -> None:
    assert task_relay is app
    for name in ("tasks", "tasks.dates.due", "reply", "cli.main"):
        assert importlib.import_module(f"task_relay.{name}") is sys.modules[f"app.{name}"]
    with pytest.raises(ModuleNotFoundError, match=r"task_relay\.nonsense"):
        importlib.import_module("task_relay.nonsense")


def test_what_one_name_pickles_the_other_reads() -> None:
    refusal = importlib.import_module("task_relay.errors").TaskRefusal("no")
    assert type(pickle.loads(pickle.dumps(refusal))) is app.TaskRefusal


def test_the_second_name_may_come_first_and_be_reloaded() -> None:
    done = python(BOTH_NAMES)
    assert (done.stdout, done.stderr) == ("one package\n", "")


@pytest.mark.parametrize("code", ["import app, task_relay", "import task_relay, app"])
def test_two_installations_in_one_process_are_refused(code: str, tmp_path: Path) -> None:
    (tmp_path / "task_relay").mkdir()
    installed = shutil.copy(ROOT / "app/__init__.py", tmp_path / "task_relay")
    done = python(code, tmp_path)
    assert "ImportError: Task Relay is loaded already, as '" in done.stderr
    assert str(installed) in done.stderr
    assert str(ROOT / "app/__init__.py") in done.stderr


def test_an_installed_package_lives_beside_another_programs_app(tmp_path: Path) -> None:
    for name in ("app", "task_relay"):
        (tmp_path / name).mkdir()
    (tmp_path / "app/__init__.py").touch()
    for file in ("__init__.py", "errors.py"):
        shutil.copy(ROOT / "app" / file, tmp_path / "task_relay")
    done = python(
        "import app; from task_relay import TaskRefusal as t; print(t.__module__)", tmp_path
    )
    assert done.stdout == "task_relay.errors\n", done.stderr


def test_type_checkers_find_each_name_of_the_face_under_the_second_name() -> None:
    tree = ast.parse((ROOT / "task_relay/__init__.py").read_text())
    told = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "app"
        for alias in node.names
    }
    assert told == set(app.__all__)


@pytest.mark.parametrize("file", ["studio.py", "health_endpoints.py"])
def test_a_server_loads_a_file_by_its_path(file: str) -> None:
    for name in ("user_module", "graphs.agent"):  # as LangGraph's own server does, and Aegra
        spec = spec_from_file_location(name, ROOT / "app/server" / file)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        assert module.default_agent is importlib.import_module("app.agent").default_agent


def test_an_error_inside_is_not_taken_for_a_load_by_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "app.agent", ModuleType("app.agent"))
    monkeypatch.delitem(sys.modules, "app.server.studio", raising=False)
    with pytest.raises(ImportError, match="default_agent") as caught:
        importlib.import_module("app.server.studio")
    assert caught.value.__context__ is None
