"""Draw the README's screenshots anew: `python -m tests.screenshots`.

The chat runs for real on a pseudo-terminal, against the two providers on loopback; what its
screen shows is written to `docs/` as SVG by rich.
"""

import io
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from tests.conftest import ROOT, child_environment, provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Held, calls, says
from tests.fakes.terminal import Terminal

COLUMNS = 80
PLAN = """\
## Before friday

1. **Pay rent**, it is due first
2. *Buy milk* for the weekend

| task | due | |
|---|---|---|
| #1 Pay rent | Fri 2026-11-27 | high |
| #2 Buy milk | | #home |

Shall I move the
"""
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px;
  line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""Rich's own form without its web fonts, so that a picture loads nothing from elsewhere."""


def main() -> None:
    """Write every picture."""
    (ROOT / "docs").mkdir(exist_ok=True)
    for name, play in (("chat", _chat), ("failover", _failover), ("commands", _commands)):
        gemini, groq = GeminiServer(), GroqServer()
        with tempfile.TemporaryDirectory() as place:
            environment = child_environment(
                **provider_environment(gemini, groq),
                APP_DATA_DIR=f"{place}/data",
                APP_TIMEZONE="UTC",
            )
            terminal = Terminal(["chat"], environment, Path(place), COLUMNS)
            try:
                terminal.wait_for_prompt()
                play(terminal, gemini, groq)
                picture = _svg(terminal, name)
            finally:
                terminal.close()
                gemini.stop()
                groq.stop()
        (ROOT / "docs" / f"{name}.svg").write_text(picture, encoding="utf-8")


def _say(terminal: Terminal, said: str, until: str) -> None:
    terminal.type(said)
    terminal.wait(until)
    terminal.wait_for_prompt()


def _chat(terminal: Terminal, gemini: GeminiServer, groq: GroqServer) -> None:
    gemini.plays(
        calls("add_task", title="Pay rent", due="2026-11-27", priority="high"),
        says("Added **#1 Pay rent**, due Fri 2026-11-27."),
        Held(PLAN, "milk to friday too?"),
    )
    _say(terminal, "remind me to pay the rent on friday, it matters", "Added #1 Pay rent")
    terminal.type("what should I do first?")
    terminal.wait("Shall I move the")


def _failover(terminal: Terminal, gemini: GeminiServer, groq: GroqServer) -> None:
    gemini.plays(gemini_api.quota(seconds=126))
    groq.plays(
        calls("add_task", title="Test the failover system"),
        says("Added #1 Test the failover system."),
    )
    _say(terminal, "Add a task to test the failover system", "Added #1")
    _say(terminal, "/model", "The last answer")


def _commands(terminal: Terminal, gemini: GeminiServer, groq: GroqServer) -> None:
    gemini.plays(
        calls("add_task", title="Pay rent", due="2020-01-03", priority="high", tags=["home"]),
        calls("add_task", title="Buy milk", tags=["home"]),
        calls("add_task", title="Call Bob about 牛乳", due="2099-12-01"),
        says("Added three tasks."),
        calls("delete_tasks", task_ids=[1, 2, 3]),
        says("I keep them."),
    )
    _say(terminal, "rent, milk, and call Bob", "Added three tasks.")
    _say(terminal, "/tasks", "3 tasks")
    terminal.type("forget all that")
    terminal.wait("y/n")
    _say(terminal, "no, only the rent is paid", "I keep them.")


def _svg(terminal: Terminal, name: str) -> str:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in terminal.styled():
        console.print(line)
    title = "python -m app chat"
    return console.export_svg(title=title, theme=MONOKAI, code_format=_FORMAT, unique_id=name)


if __name__ == "__main__":
    main()
