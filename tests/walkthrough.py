"""Print the README's walk through a failover: `python -m tests.walkthrough`.

Every command runs for real, against the two providers on loopback. A test compares the
README with what this tells.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.conftest import child_environment, provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import calls, says

ADD = 'python -m app chat -m "Add a task to test the failover system"'
HELLO = 'python -m app chat -m "Hello, how are you?"'


def main() -> None:
    """Play the walk-through on standard output."""
    play(Path(sys.executable).parent, sys.stdout.write)


def play(programs: Path, tell: Callable[[str], object]) -> None:
    """Play the walk-through.

    Args:
        programs: The folder in which the shell finds `python`.
        tell: Hears each command, and what it printed.
    """
    gemini, groq = GeminiServer(), GroqServer()
    with tempfile.TemporaryDirectory() as place:
        environment = child_environment(
            **provider_environment(gemini, groq), APP_DATA_DIR=f"{place}/data", APP_TIMEZONE="UTC"
        )
        environment["PATH"] = f"{programs}{os.pathsep}{environment['PATH']}"

        def show(command: str) -> None:
            ended = subprocess.run(
                command,
                shell=True,
                cwd=place,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=60,
                check=False,
            )
            shown = command.replace('"$APP_DATA_DIR"/logs/app.log', "$LOG")
            tell(f"$ {shown}\n{_steady(ended.stdout)}")
            if ended.returncode:
                tell(f"(exit code {ended.returncode})\n")

        try:
            gemini.plays(says("I am fine. What shall I note for you?"))
            show(HELLO)
            gemini.plays(gemini_api.quota(seconds=126))
            groq.plays(
                calls("add_task", title="Test the failover system"),
                says("Added #1 Test the failover system."),
            )
            show(ADD)
            groq.plays(says("Still here. You have one open task: #1 Test the failover system."))
            show(f"PRIMARY_LLM=groq {HELLO}")
            groq.plays(groq_api.OVERLOADED)
            show('python -m app chat -m "list"')
            show(HELLO + " | head -n 1")
            show('grep "switching to fallback" "$APP_DATA_DIR"/logs/app.log | tail -n 1')
            show('grep "Both LLMs failed" "$APP_DATA_DIR"/logs/app.log | tail -n 1')
        finally:
            gemini.stop()
            groq.stop()


def _steady(text: str) -> str:
    """Put one time of day, and one turn, in the place of the real ones."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}", "2026-11-23 12:00:00,000", text)
    text = re.sub(r"turn=[0-9a-f]{12}", "turn=5e1f2a9c07bd", text)
    text = re.sub(r"until \d\d:\d\d:\d\d( on [\d-]+)?;", "until 12:02:06;", text)
    return re.sub(r"try again at \d\d:\d\d:\d\d( on [\d-]+)?", "try again at 12:02:06", text)


if __name__ == "__main__":
    main()
