"""Open a person's tasks for a command that needs no model, as fast as that goes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from app.identity import clean_user_id

if TYPE_CHECKING:
    from app.stores import Stores
    from app.tasks import Owner, Said

USER = click.option("--user", help="Whose tasks. Default: the APP_USER setting.")


@contextmanager
def fast_imports() -> Iterator[None]:
    """Import without the garbage collector, which takes a third of the time and finds nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


@contextmanager
def open_tasks(user: str | None) -> Iterator[tuple["Stores", "Owner", "Said"]]:
    """Open the stores without any model; give them with the owner and who says things when."""
    with fast_imports():
        from zoneinfo import ZoneInfo

        from app.clock import SystemClock
        from app.setting_values import DAY_FIRST
        from app.settings import Settings
        from app.stores import Stores
        from app.tasks import Owner, Said

    settings, clock = Settings.load(), SystemClock()
    owner = Owner(
        clean_user_id(settings.user if user is None else user), ZoneInfo(settings.timezone)
    )
    stores = Stores(settings, clock)
    try:
        yield stores, owner, Said(owner, clock.now(), settings.date_order == DAY_FIRST)
    finally:
        stores.close()
