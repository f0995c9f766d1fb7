"""Show lists as a person sees them, at 80 and at 40 columns."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import child_environment
from tests.fakes.inside import Enter, screen
from tests.fakes.terminal import Terminal


@pytest.fixture
def some(enter: Enter) -> None:
    """Five tasks of every kind."""
    for line in (
        "Pay rent due 2026-03-01 !high #home",
        "Call Bob due 2026-03-04 22:00 !low #work #calls",
        "日本語の長い題名です due 2026-03-13",
        "A title that goes on and on until nobody can read it any more, as some do",
        "Buy milk",
    ):
        assert enter("add", line).code == 0
    assert enter("done", "5").code == 0


WIDE = """\
#  Task                     Due                           Priority  Tags
1  Pay rent                 Sun 2026-03-01 overdue        high      #home
2  Call Bob                 Wed 2026-03-04 22:00 overdue  low       #work #calls
3  日本語の長い題名です     Fri 2026-03-13
4  A title that goes on
   and on until nobody can
   read it any more, as
   some do
4 tasks, 2 overdue"""

NARROW = """\
#  Task                       Due
1  Pay rent                   2026-03-01
   high priority              overdue
   #home
2  Call Bob                   2026-03-04
   low priority               22:00
   #work #calls               overdue
3  日本語の長い題名です       2026-03-13
4  A title that goes on and
   on until nobody can read
   it any more, as some do
4 tasks, 2 overdue"""


@pytest.mark.parametrize(("columns", "shown"), [(80, WIDE), (40, NARROW)])
def test_list_fits_the_screen(enter: Enter, some: None, columns: int, shown: str) -> None:
    ended = enter("tasks", columns=columns)
    assert (ended.code, ended.err) == (0, "")
    assert screen(ended, columns) == shown.split("\n")


def test_overdue_and_priority_are_coloured_in_a_terminal_only(enter: Enter, some: None) -> None:
    coloured = enter("tasks", columns=80).out
    assert "\x1b[31mSun 2026-03-01 overdue" in coloured
    assert "\x1b[1;31mhigh" in coloured
    for ended in (
        enter("tasks"),
        enter("tasks", "--plain", columns=80),
        enter("tasks", columns=80, NO_COLOR="1"),
        enter("tasks", columns=80, TERM="dumb"),
    ):
        assert "\x1b" not in ended.out
        assert "Sun 2026-03-01 overdue" in ended.out


def test_pipe_gets_a_task_a_line(enter: Enter, some: None) -> None:
    lines = enter("tasks").out.splitlines()
    assert len(lines) == 6
    assert lines[4].endswith("until nobody can read it any more, as some do")
    assert all(line == line.rstrip() for line in lines)
    assert len(enter("tasks", "all").out.splitlines()) == 7
    assert "\n5  Buy milk | done\n" in enter("tasks", "all").out


@pytest.mark.parametrize(("asked", "lines"), [("wide", 6), ("-1", 6), ("40", 12)])
def test_width_in_a_pipe_is_what_a_variable_asks_for_where_that_is_a_number(
    enter: Enter, some: None, asked: str, lines: int
) -> None:
    ended = enter("tasks", COLUMNS=asked)
    assert (ended.code, ended.err) == (0, "")
    assert len(ended.out.splitlines()) == lines


@pytest.mark.parametrize("columns", [80, 40])
def test_empty_list_says_so_and_what_to_do(enter: Enter, columns: int) -> None:
    ended = enter("tasks", columns=columns)
    told = " ".join(screen(ended, columns))
    assert ended.code == 0
    assert told == 'No open tasks. To add one: python -m app add "Buy milk tomorrow #home"'
    nothing = enter("tasks", "--tag", "nowhere").out
    assert nothing == "No tasks match. All open ones: python -m app tasks\n"


@pytest.mark.parametrize("columns", [80, 40])
def test_fifty_tasks_are_all_shown(
    enter: Enter, monkeypatch: pytest.MonkeyPatch, columns: int, tmp_path: Path
) -> None:
    titles = [f"Task 漢字 with a longer title number {n}" for n in range(50)]
    (tmp_path / "many.txt").write_text("\n".join(titles))
    assert enter("import", "many.txt").code == 0
    monkeypatch.setattr("app.cli.output.task_pages._AT_ONCE", 20)
    lines = screen(enter("tasks", columns=columns), columns)
    assert lines[-1] == "50 tasks"
    ids = [line[:2] for line in lines[1:-1] if line[:2].strip()]
    assert ids == [f"{n:2}" for n in range(1, 51)]


def test_filters_are_those_of_the_service(enter: Enter, some: None) -> None:
    def ids(*args: str) -> list[int]:
        return [task["id"] for task in json.loads(enter("tasks", *args, "--json").out)["tasks"]]

    assert ids("overdue") == [1, 2]
    assert ids("today") == [1, 2]
    assert ids("today only") == [2]
    assert ids("next", "week") == [3]
    assert ids("--search", "nobody read") == [4]
    assert ids("--tag", "work") == [2]
    assert ids("--status", "done") == [5]
    assert sorted(ids("all")) == [1, 2, 3, 4, 5]
    assert ids("--project", "none", "--tag", "home") == [1]
    assert ids("--user", "bob") == []


def test_json_says_all_of_a_task(enter: Enter) -> None:
    enter("add", "Pay rent due 2026-03-01 !high #home")
    told = json.loads(enter("tasks", "--json").out)
    (task,) = told["tasks"]
    assert told["total"] == 1
    assert {name: task[name] for name in ("id", "title", "status", "due", "overdue")} == {
        "id": 1,
        "title": "Pay rent",
        "status": "open",
        "due": "2026-03-01",
        "overdue": True,
    }
    assert (task["priority"], task["tags"], task["project"]) == ("high", ["home"], None)


def test_done_task_says_so_below_its_title(enter: Enter, some: None) -> None:
    lines = screen(enter("tasks", "all", columns=80), 80)
    assert lines[lines.index("5  Buy milk") + 1] == "   done"


def test_filter_that_is_not_understood_is_exit_1_and_a_sentence(enter: Enter) -> None:
    ended = enter("tasks", "someday")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith('when "someday" not understood. Use today, overdue')
    told = json.loads(enter("tasks", "--json", "--tag", "no tag").out)
    assert told["error"].startswith('tag "no tag" not understood')
    assert enter("tasks", "--status", "lost").code == 2


def test_in_a_real_terminal_of_40_columns(some: None, in_terminal: Callable[..., Terminal]) -> None:
    shown = in_terminal("tasks", "--plain", columns=40)
    shown.wait("3  日")
    shown.wait("4 tasks")
    assert shown.end() == 0
    assert all(len(line) <= 40 for line in shown.screen.splitlines())


def test_closed_pipe_is_silent_and_exit_141(enter: Enter, some: None, tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "app", "tasks"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=child_environment(),
        timeout=60,
        check=False,
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")
