"""Keep what is typed during an answer off the screen."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec


@contextmanager
def keys_unseen() -> Iterator[None]:
    """Let the terminal show no keys for a while; the next prompt gets them.

    Ctrl-C works as ever. Where the platform has no such switch, nothing happens.
    """
    if find_spec("termios") is None or not sys.stdin.isatty():
        yield
        return
    import termios

    place = sys.stdin.fileno()
    before = termios.tcgetattr(place)
    unseen = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(place, termios.TCSANOW, unseen)
    try:
        yield
    finally:
        termios.tcsetattr(place, termios.TCSANOW, before)
