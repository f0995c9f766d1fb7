"""The command `doctor`: which models can answer, and what is wrong."""

from typing import TYPE_CHECKING

import click

from ... import PROGRAM
from ...intake import shown, shown_json
from ..exit_codes import Exit
from ..output import plain_option, show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ...runtime import Report

_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}


@click.command(epilog=f"Example: {PROGRAM} doctor --offline")
@click.option("--offline", is_flag=True, help="Make no calls.")
@click.option("--reset", is_flag=True, help="Close all breakers first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@plain_option
def doctor(offline: bool, reset: bool, as_json: bool, plain: bool) -> int:
    """Say which models can answer, which one does so first and why, and what is wrong.

    Each model of the chain is called once with a few words, whatever its breaker says, and
    its provider is asked for the list of its models. A call that is answered closes the
    model's breaker. Then come the databases, the log, the clock and the versions.

    Exit codes: 0 a model can answer, 1 none can, 2 wrong usage or setting.
    """
    import asyncio
    import logging

    from ..store_context import fast_imports

    with fast_imports():
        from ...clock import SystemClock
        from ...runtime import close_breakers, examine
        from ...settings import Settings, layers

    if not logging.getLogger().handlers:  # the SDKs' own words are not the answer
        logging.getLogger().addHandler(logging.NullHandler())
    settings, clock = Settings.load(), SystemClock()
    if reset:
        click.echo(f"{close_breakers(settings, clock)} breakers closed.", err=True)
    report = asyncio.run(examine(settings, layers(None, None), clock, offline=offline))
    if as_json:
        click.echo(shown_json(report.record()))
    else:
        show(*_sections(report), plain=plain)
    return Exit.ANSWERED if report.can_answer else Exit.FAILED


def _sections(report: "Report") -> "list[RenderableType]":
    """Return a heading for each area, with the area's findings below it."""
    from rich.table import Table
    from rich.text import Text

    sections: list[RenderableType] = []
    area = ""
    for finding in report.findings:
        if finding.area != area:
            area = finding.area
            sections.append(Text(f"\n{area}" if sections else area, style="bold"))
            grid = Table.grid(padding=(0, 2, 0, 0))
            grid.add_column(width=len("problem"), no_wrap=True)
            grid.add_column(overflow="fold")
            sections.append(grid)
        style = _STYLES[finding.level.value]
        grid.add_row(Text(finding.level.value, style=style), Text(shown(finding.text)))
    return sections
