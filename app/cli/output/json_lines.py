"""Write one JSON object a line, for scripts."""

import json
from typing import Any

import click

json_lines_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a line."
)


def print_json(record: dict[str, Any]) -> None:
    """Write one object; what JSON has no form for, such as an instant, is written as text."""
    click.echo(json.dumps(record, default=str))
