"""Run every command of the runbook, in a place where an outage has been."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import ROOT, Relay, child_environment, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import says
from tests.fakes.warm import Warm

RUNBOOK = (ROOT / "docs" / "operations.md").read_text()
COMMANDS = re.findall(r"^    (\S.*)$", RUNBOOK, re.MULTILINE)
SILENT = ("LOG=", "grep -c")
AT_THE_SERVER = [command for command in COMMANDS if command.startswith("curl")]
"""These are run in `test_studio.py`, against the real server."""


@pytest.fixture(scope="module")
def place(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A data directory after a failover, an outage and a rejected key; its environment."""
    import asyncio

    from app.agent import Agent
    from app.settings import Settings

    home = tmp_path_factory.mktemp("runbook")
    gemini, groq = GeminiServer(), GroqServer()
    settings = provider_settings(gemini, groq)
    clock = FixedClock()  # by now an overloaded model is tried again, a rejected key is not
    clock.instant = datetime.now(UTC) - timedelta(minutes=2)
    relay = Relay(
        Agent(Settings(**settings, data_dir=home / "data", timezone="UTC"), clock),  # type: ignore[arg-type]
        asyncio.Runner(),
        Settings(data_dir=home / "data"),
    )
    relay.say("Hello")
    gemini.plays(gemini_api.error(403, "Denied.", "PERMISSION_DENIED"))
    relay.say("Hello")
    groq.plays(groq_api.OVERLOADED)
    relay.say("Hello")
    relay.end()
    groq.plays(says("Hello!"))
    (home / "ops").symlink_to(ROOT / "ops")
    environment = child_environment(
        **{name.upper(): value for name, value in settings.items()},
        APP_DATA_DIR=str(home / "data"),
        LOG=str(relay.log),
        HOME=str(home),
    )
    environment["PATH"] = f"{warm.python.parent}{os.pathsep}{environment['PATH']}"
    yield environment
    gemini.stop()
    groq.stop()


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - set(AT_THE_SERVER)))
def test_command_works_and_shows_something(command: str, place: dict[str, str]) -> None:
    if command.startswith("promtool") and not shutil.which("promtool"):
        pytest.skip("promtool is not installed")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=place["HOME"],
        env=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (done.stdout + done.stderr).strip() or command.startswith(SILENT)


def test_settings_and_files_that_it_names_exist() -> None:
    from tests.settings.test_settings import NAMES

    named = set(re.findall(r"`([A-Z][A-Z_]{4,})[`=]", RUNBOOK)) - {"OTEL_EXPORTER_OTLP_ENDPOINT"}
    assert named <= set(NAMES)
    for file in re.findall(r"`((?:ops|docs)/[\w./]+)`", RUNBOOK):
        assert (ROOT / file).exists(), file


def test_it_is_three_pages() -> None:
    assert 100 < len(RUNBOOK.splitlines()) < 200
