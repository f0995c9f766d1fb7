"""The command `token`: make a token by which somebody signs in at a server."""

import click

from ... import PROGRAM
from ..exit_codes import Exit


@click.command(epilog=f"Example: {PROGRAM} token ann")
@click.argument("user")
def token(user: str) -> int:
    """Make a token by which USER signs in at a server, and show it, this once.

    Its hash goes into the file that the AUTH_TOKENS setting names, which is made where it is
    missing; a running server reads it at once. Without that setting the line is printed instead.

    With '*' as USER it is a trusted backend's: a program that signs its people in by itself and
    names the user in each run.

    Exit codes: 0 made; 2 the user can't have one, or the file can't be used as it is.
    """
    from ...runtime import add_token, make_token, token_line
    from ...settings import Settings

    made = make_token()
    line = token_line(user, made)
    file = Settings.load().auth_tokens
    if file is not None:
        add_token(file, line)
    click.echo(made)
    if file is None:
        click.echo(line)
        click.echo(
            "The token, shown this once, and the line for the file that AUTH_TOKENS is to name "
            "(mode 0600).",
            err=True,
        )
    else:
        click.echo(f"The token, shown this once; its hash is in {file}.", err=True)
    click.echo("A client sends it as `Authorization: Bearer TOKEN`.", err=True)
    return Exit.ANSWERED
