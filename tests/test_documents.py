"""Hold the documents against the program: what they name exists, what they show is real."""

import re
import subprocess
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner

from tests import scaling
from tests.conftest import ROOT, Relay, child_environment
from tests.documents import ALL, FOR_USERS, GUIDES, README, indented, section
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import says
from tests.fakes.warm import Warm
from tests.fakes.week import a_week
from tests.postgresql import Databases

OURS = ("app", "tests", "docs", "ops", "benchmarks", "task_relay", ".ci", ".github")
ROOMS = "agent|cli|clock|conversations|database|errors|graph|llm|runtime|server|settings|tasks"
NAMED = re.compile(rf"`((?:{'|'.join(map(re.escape, OURS))}|{ROOMS}|telemetry|tools)/[\w./*]*)`")
EXAMPLES = [
    pytest.param(code, id=f"{name}-{number}")
    for name, text in ALL.items()
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
]


@pytest.mark.parametrize("code", EXAMPLES)
def test_python_examples_run(code: str, warm: Warm, tmp_path: Path) -> None:
    done = subprocess.run(
        [warm.python, "-c", code],
        cwd=tmp_path,
        env=child_environment(HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


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
    shown = section(GUIDES["monitoring.md"], "## Statistics")
    shown = shown.split("$ python -m app stats --by provider\n")[1].split("\n\n`--plot`")[0]
    lines = [line.removeprefix("    ") for line in shown.splitlines()]
    assert lines == [line.rstrip() for line in printed.rstrip().splitlines()]


def test_machines_on_one_database_are_real_output(
    databases: Databases, warm: Warm, tmp_path: Path
) -> None:
    url, told = databases.empty(), list[str]()
    try:
        scaling.play(url, warm.python, told.append)
    finally:
        databases.drop(url)
    lines = "\n".join(told).splitlines()
    assert lines == indented(section(GUIDES["serving.md"], "### Several plain workers"))


def test_words_of_the_log_are_real(relay: Relay, gemini: GeminiServer, groq: GroqServer) -> None:
    gemini.plays(gemini_api.quota(seconds=600), gemini_api.quota(seconds=600))
    groq.plays(says("Hello!"), groq_api.OVERLOADED)
    relay.say("Hello", user=1)
    relay.say("Hello", user=1)
    told = iter(relay.log_lines())
    for line in indented(section(GUIDES["monitoring.md"], "## The log"))[:6]:
        assert line in told, line  # in this order


def test_question_before_a_large_change_is_real(make_relay: Callable[..., Relay]) -> None:
    relay = make_relay()
    for title in ("buy milk", "pay rent", "call Bob"):
        relay.say(f"add {title}")
    shown = indented(section(GUIDES["tasks-and-dates.md"], "## Nothing is lost by a word"))
    assert relay.say(shown[0].removeprefix("> ")).reply.splitlines() == shown[1:3]


def test_every_command_option_and_exit_code_is_in_them() -> None:
    from app.cli.exit_codes import Exit
    from app.cli.main import cli

    context = click.Context(cli)
    named = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    config = named["config"]
    assert isinstance(config, click.Group)
    named |= {f"config {name}": command for name, command in config.commands.items()}
    commands = GUIDES["commands.md"]
    for name, command in named.items():
        assert command is not None
        assert f"python -m app {name}" in commands
        for option in command.params:
            if isinstance(option, click.Option):
                assert any(spelling in FOR_USERS for spelling in option.opts), option.opts
    for option in cli.params:
        assert option.opts[0] in commands
    for code in Exit:
        assert f"| {code.value} |" in commands


def test_commands_and_options_that_they_name_exist() -> None:
    from app.cli.main import cli

    context = click.Context(cli)
    for line in re.findall(r"python -m app ([a-z].*?)[`\n]", "\n".join(ALL.values())):
        words = line.split("|")[0].split(" #")[0].split()
        command = cli.get_command(context, words[0].strip("\\"))
        assert command is not None, line
        if isinstance(command, click.Group) and words[1:2] and words[1].isalpha():
            command = command.commands[words[1]]
        known = {spelling for option in command.params for spelling in option.opts}
        given = {word.strip("[]").split("=")[0] for word in words if word.startswith(("-", "[-"))}
        assert given - {"-"} <= known, line


def test_every_slash_command_and_picture_is_in_them() -> None:
    from app.cli.chat.slash import COMMANDS

    for command in COMMANDS.values():
        assert f"{command.name} {command.usage}".strip() in GUIDES["commands.md"]
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert {ROOT / picture for picture in pictures} == set((ROOT / "docs").glob("*.svg"))


def test_every_kind_of_failure_is_explained() -> None:
    from app.settings import GOES_OVER, FailureKind

    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (yes|no|mostly) \|$", GUIDES["failover.md"], re.M))
    assert rows == {kind.value: "yes" if kind in GOES_OVER else "mostly" for kind in FailureKind}


def test_phrases_that_they_show_are_understood() -> None:
    from app import TaskRefusal
    from app.tasks import parse_repeat, resolve_due

    zone = ZoneInfo("America/New_York")
    now = datetime(2026, 3, 4, 22, 30, tzinfo=zone)
    guide = GUIDES["tasks-and-dates.md"]
    dues = re.findall(r"`([a-z0-9][^`]+)`", section(guide, "## Dates").replace("\n", " "))
    for phrase in set(dues) - {"timezone"}:
        resolve_due(phrase, now, zone)
    repeats = re.findall(r"`([^`]+)`", section(guide, "## Repeating").replace("\n", " "))
    for phrase in repeats:
        if phrase == "every second tuesday":
            with pytest.raises(TaskRefusal):
                parse_repeat(phrase, now, zone)
        else:
            parse_repeat(phrase, now, zone)


@pytest.mark.parametrize("name", ALL)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", ALL[name]):
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
            assert anchor in map(_anchor, headings), target


@pytest.mark.parametrize("name", sorted(set(ALL) - {"CHANGELOG.md"}))
def test_files_that_it_names_exist(name: str) -> None:
    for path in NAMED.findall(ALL[name]):
        base = ROOT if path.startswith(OURS) else ROOT / "app"
        assert any(base.glob(path.rstrip("/"))), path


@pytest.mark.parametrize("name", ALL)
def test_modules_that_it_starts_exist(name: str) -> None:
    for module in re.findall(r"python -m ((?:tests|benchmarks)[\w.]*)", ALL[name]):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or path.is_dir(), module


def test_the_readme_leads_to_every_document() -> None:
    linked = set(re.findall(r"\]\(([^)#\s]+)", README))
    assert linked >= {name for name in ALL if "/decisions/" not in name} - {"README.md"}


@pytest.mark.parametrize("name", [name for name in ALL if "/decisions/" in name])
def test_decision_says_why_and_what_would_change_it(name: str) -> None:
    headings = re.findall(r"^## (.+)$", ALL[name], re.M)
    assert headings == ["Context", "Decision", "What would change our mind"]
    assert f"# {int(Path(name).name[:4])}. " in ALL[name]


def test_changelog_knows_this_version() -> None:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    released = re.findall(r"^## ([\w.]+)$", ALL["CHANGELOG.md"], re.M)
    assert released[0] == "Unreleased"
    assert known in released


def test_pins_name_versions_and_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(
        re.fullmatch(r"[\w.-]+==[\w.]+(; python_version [<>=]+ \"3\.\d+\")?", pin) for pin in pins
    )


def _anchor(heading: str) -> str:
    """Return the name under which Markdown's usual renderers link to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
