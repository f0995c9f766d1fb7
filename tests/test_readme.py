"""Hold the README against the program."""

import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT, Ended, child_environment
from tests.fakes.week import a_week

README = (ROOT / "README.md").read_text()


def indented(text: str) -> list[str]:
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


def lines_of(module: str) -> list[str]:
    """Run a module of the tests that shows something, and return what it prints."""
    played = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=child_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return played.stdout.rstrip().splitlines()


def test_it_opens_with_the_two_commands() -> None:
    assert indented(README)[:2] == [
        "python -m pip install -e . -c constraints.txt && python -m app chat",
        'python -m pip install -e ".[dev]" -c constraints.txt && python -m pytest',
    ]


def test_walk_through_a_failover_is_real_output() -> None:
    played = lines_of("tests.walkthrough")
    section = README.split("## A failover, as it looks")[1].split("\n## ")[0]
    shown = section[section.index("    $") : section.rindex("What goes over")]
    lines = [line.removeprefix("    ") for line in shown.rstrip().splitlines()]
    assert lines == played


def test_machines_on_one_database_are_real_output() -> None:
    played = lines_of("tests.scaling")
    shown = indented(README.split("## Scaling")[1].split("\n## ")[0])
    assert played
    assert shown[: len(played)] == played


def test_first_five_minutes_are_real_output(command: Callable[..., Ended]) -> None:
    section = README.split("## The first five minutes")[1].split("\n## ")[0]
    shown = indented(section[: section.index("`help` shows")])
    starts = [n for n, line in enumerate(shown) if line.startswith("$ ")] + [len(shown)]
    for start, end in pairwise(starts):
        (message,) = re.findall(r'chat -m "(.+)"', shown[start])
        assert command("chat", "-m", message).out.splitlines() == shown[start + 1 : end]


def test_statistics_are_real_output(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.cli.main import cli
    from app.clock import SystemClock
    from app.runtime.stores import Stores
    from app.settings import Settings

    monkeypatch.setenv("APP_TIMEZONE", "UTC")
    monkeypatch.setenv("GEMINI_LIMITS", "15 requests/minute, 500 requests/day")
    stores, now = Stores(Settings.load(), SystemClock()), SystemClock().now()
    stores.ledger().add(a_week(now), now)
    stores.close()
    printed = CliRunner().invoke(cli, ["stats", "--by", "provider"]).output
    shown = README.split("$ python -m app stats --by provider\n")[1].split("\n\nThe log has")[0]
    lines = [line.removeprefix("    ") for line in shown.splitlines()]
    assert lines == [line.rstrip() for line in printed.rstrip().splitlines()]


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_python_examples_run(code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=child_environment(HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_every_option_and_exit_code_is_in_it() -> None:
    from app.cli.exit_codes import Exit
    from app.cli.main import cli

    context = click.Context(cli)
    named = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    config = named["config"]
    assert isinstance(config, click.Group)
    named |= {f"config {name}": command for name, command in config.commands.items()}
    for name, command in named.items():
        assert command is not None
        assert f"python -m app {name}" in README
        for option in command.params:
            if isinstance(option, click.Option):
                assert any(spelling in README for spelling in option.opts), option.opts
    for option in cli.params:
        assert option.opts[0] in README
    for code in Exit:
        assert f"| {code.value} |" in README


def test_every_slash_command_and_picture_is_in_it() -> None:
    from app.cli.chat.slash import COMMANDS

    for command in COMMANDS.values():
        assert f"{command.name} {command.usage}".strip() in README
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert {ROOT / picture for picture in pictures} == set((ROOT / "docs").glob("*.svg"))


def test_every_file_that_it_or_contributing_names_is_there() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text()
    for name in re.findall(
        r"`((?:cli|llm|tools|tasks|database|graph|exchange|telemetry|tests)/[\w./]+)`", contributing
    ):
        place = ROOT / name if name.startswith("tests") else ROOT / "app" / name
        assert place.exists(), name


def test_pins_name_versions_and_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[\w.]+", pin) for pin in pins)
