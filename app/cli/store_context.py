"""Open the stores for commands that need no model, as fast as possible."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from ..settings import clean_user_id
from .settings_loading import load_settings

if TYPE_CHECKING:
    from ..clock import Clock
    from ..runtime import Stores
    from ..settings import Settings
    from ..tasks import Owner

user_option = click.option("--user", help="Whose tasks. Default: the APP_USER setting.")


@contextmanager
def fast_imports() -> Iterator[None]:
    """Import with the garbage collector off, which would take time and find nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


@dataclass(frozen=True, slots=True)
class StoreContext:
    """The stores, with the settings and the clock they use, and the user they were opened for."""

    settings: "Settings"
    clock: "Clock"
    stores: "Stores"
    owner: "Owner"


@contextmanager
def open_stores(user: str | None, *, reading: bool = False) -> Iterator[StoreContext]:
    """Open the stores for a user; they close with the block.

    Args:
        user: The user; the setting's one when None.
        reading: Whether nothing is written, so that a full or read-only disk is no hindrance.

    Raises:
        InputError: The user id can't be used.
        SettingsError: A setting is wrong.
    """
    with fast_imports():
        from zoneinfo import ZoneInfo

        from ..clock import SystemClock
        from ..runtime import Stores
        from ..tasks import Owner

        settings, clock = load_settings(), SystemClock()
    owner = Owner(
        clean_user_id(settings.user if user is None else user), ZoneInfo(settings.timezone)
    )
    stores = Stores(settings, clock, reading=reading)
    try:
        yield StoreContext(settings, clock, stores, owner)
        if stores.why_unwritable:
            click.echo(f"Note: This can only be read now. {stores.why_unwritable}", err=True)
    finally:
        stores.close()
