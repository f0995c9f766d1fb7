"""Hide what is typed during an answer, so that it doesn't break the answer's lines."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec


@contextmanager
def hide_typing() -> Iterator[None]:
    """Let the terminal show no keys for a while; the next prompt gets them.

    Ctrl-C works as before. Where standard input is no terminal, or the platform has no such
    switch, nothing happens.
    """
    if find_spec("termios") is None or not sys.stdin.isatty():
        yield
        return
    import termios

    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    hidden = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(stdin, termios.TCSANOW, hidden)
    try:
        yield
    finally:
        termios.tcsetattr(stdin, termios.TCSANOW, before)
