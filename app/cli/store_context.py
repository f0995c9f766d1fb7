"""Open what is kept, for commands that need no model, as fast as that goes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from ..settings import clean_user_id

if TYPE_CHECKING:
    from ..clock import Clock
    from ..runtime.stores import Stores
    from ..settings import Settings
    from ..tasks import Owner

user_option = click.option("--user", help="Whose tasks. Default: the APP_USER setting.")


@contextmanager
def fast_imports() -> Iterator[None]:
    """Import without the garbage collector, which takes its time and finds nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


@dataclass(frozen=True, slots=True)
class Opened:
    """The stores, and for whom they were opened."""

    settings: "Settings"
    clock: "Clock"
    stores: "Stores"
    owner: "Owner"


@contextmanager
def opened(user: str | None) -> Iterator[Opened]:
    """Open the stores for a user, the setting's one when None; they close with the block."""
    with fast_imports():
        from zoneinfo import ZoneInfo

        from ..clock import SystemClock
        from ..runtime.stores import Stores
        from ..settings import Settings
        from ..tasks import Owner

    settings, clock = Settings.load(), SystemClock()
    owner = Owner(
        clean_user_id(settings.user if user is None else user), ZoneInfo(settings.timezone)
    )
    stores = Stores(settings, clock)
    try:
        yield Opened(settings, clock, stores, owner)
    finally:
        stores.close()
