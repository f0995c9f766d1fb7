"""The command `config`: show every setting and where it comes from; set and unset one."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ... import PROGRAM
from ...errors import InputError
from ...intake import shown_json
from ..exit_codes import Exit
from ..output import page_width, plain_option, show


def _complete_name(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    from ...settings import setting_names

    return [name for name in setting_names() if name.startswith(typed.upper())]


_name_argument = click.argument("name", shell_complete=_complete_name)


@click.group(invoke_without_command=True, epilog=f"Example: {PROGRAM} config set APP_USER ann")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@plain_option
@click.pass_context
def config(context: click.Context, as_json: bool, plain: bool) -> int:
    """Show every setting, its value, and where it comes from.

    Keys and passwords are masked. `set` and `unset` change the `.env` of the data directory;
    the environment and a `.env` in the working directory are nearer and win.

    Exit codes: 0 shown or changed, 2 a setting has a wrong value, or there is no such one.
    """
    if context.invoked_subcommand is not None:
        return Exit.ANSWERED
    from ...settings import all_origins, load_with_layers, misspelt_settings, notes_on

    layers, settings = load_with_layers()
    origins = all_origins(layers, settings)
    if as_json:
        records = [asdict(origin) | {"value": origin.value or None} for origin in origins]
        click.echo(shown_json({"settings": records}))
    else:
        from ..output import settings_table

        show(settings_table(origins, page_width()), plain=plain)
    for name, source, near in misspelt_settings(layers):
        click.echo(f"Warning: {name} ({source}) is no setting. Did you mean {near}?", err=True)
    for note in notes_on(layers):
        if "Left out of" in note:  # what a file sets is in the table
            click.echo(f"Note: {note}", err=True)
    wrong = [origin.wrong for origin in origins if origin.wrong]
    for sentence in wrong:
        click.echo(sentence, err=True)
    return Exit.WRONG_USAGE if wrong else Exit.ANSWERED


@config.command("set", epilog=f"Example: {PROGRAM} config set GEMINI_API_KEY -")
@_name_argument
@click.argument("value")
def set_setting(name: str, value: str) -> int:
    """Set NAME in the `.env` of the data directory.

    With - as VALUE it is asked for without showing it, or read from standard input, so that
    a key doesn't stay in the shell's history.

    Exit codes: 0 set, 2 there is no such setting, or the value is wrong.
    """
    from ...settings import read_setting, set_line

    name, entry = _name_and_entry(name)
    from_prompt = value == "-"
    if from_prompt:
        value = _read_value(name)
    value = value.strip()
    if not value:
        raise InputError(f"The value is empty. To take it out: {PROGRAM} config unset {name}")
    read_setting(entry, name, value)
    file = _env_file()
    set_line(file, name, value)
    click.echo(f"{name} is set in {file}.")
    if entry.metadata["private"] and not from_prompt:
        click.echo(f"To keep it out of the shell's history: config set {name} -", err=True)
    _warn_if_hidden(name, entry, file)
    return Exit.ANSWERED


@config.command("unset", epilog=f"Example: {PROGRAM} config unset GROQ_MODEL")
@_name_argument
def unset_setting(name: str) -> int:
    """Take NAME out of the `.env` of the data directory, so that its default holds again.

    Exit codes: 0 it is not in there now, 2 there is no such setting.
    """
    from ...settings import remove_line

    name, entry = _name_and_entry(name)
    file = _env_file()
    if remove_line(file, name):
        click.echo(f"{name} is gone from {file}.")
    else:
        click.echo(f"{name} was not set in {file}.", err=True)
    _warn_if_hidden(name, entry, file)
    return Exit.ANSWERED


def _name_and_entry(name: str) -> tuple[str, Any]:
    """Return a setting's name and entry; an unknown one suggests the nearest."""
    from ...errors import SettingsError
    from ...settings import field_of, nearest_setting

    name = name.strip().upper()
    try:
        return name, field_of(name)
    except SettingsError as error:
        near = nearest_setting(name)
        hint = f" Did you mean {near}?" if near else f" {PROGRAM} config shows all."
        raise SettingsError(f"{error}{hint}") from None


def _env_file() -> Path:
    """Return the `.env` of the data directory."""
    from ...settings import layers

    return Path(layers(None, None)[-1].place)


def _read_value(name: str) -> str:
    """Ask for a value without showing it, or read standard input to its end."""
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=True, default="", show_default=False, err=True))
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def _warn_if_hidden(name: str, entry: Any, file: Path) -> None:
    """Say where the setting comes from now, where that is not the changed file."""
    from ...settings import DEFAULT, layers, origin_of

    names = entry.metadata["names"] if name in entry.metadata["names"] else (name,)
    origin = origin_of(layers(None, None), names, None)
    if origin.source == DEFAULT or (origin.source, origin.variable) == (str(file), name):
        return
    click.echo(f"But {origin.variable} ({origin.source}) is what counts: it is nearer.", err=True)
