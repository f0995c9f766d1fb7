"""Start the command line: `python -m app`."""

from .cli import run

run()
