"""Draw the settings as a table that fits the screen."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from ...intake import shown
from ...settings import DEFAULT, ENVIRONMENT, Origin
from .tables import NARROW

_UNSET = "not set"


def settings_table(settings: Sequence[Origin], width: int) -> Table:
    """Return the table; on a narrow screen value and source stand below the name.

    Args:
        settings: Every setting with its value and where that comes from.
        width: The columns of the screen.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    if width < NARROW:
        table.add_column("Setting", overflow="fold")
    else:
        table.add_column("Setting", no_wrap=True)
        table.add_column("Value", overflow="fold")
        table.add_column("From", overflow="fold")
    for origin in settings:
        name, value, source = _cells(origin)
        if width < NARROW:
            table.add_row(Text("\n  ").join([name, value, source]))
        else:
            table.add_row(name, value, source)
    return table


def _cells(origin: Origin) -> tuple[Text, Text, Text]:
    given = origin.source != DEFAULT
    value = Text(shown(origin.value or _UNSET), style="" if origin.value else "dim")
    if origin.wrong:
        value = Text(f"{shown(origin.value)} (wrong)".strip(), style="red")
    source = origin.source
    if given and origin.variable != origin.name:
        source = f"{origin.variable}, {source}"
    style = "green" if source == ENVIRONMENT else "cyan" if given else "dim"
    return Text(origin.name, style="bold" if given else ""), value, Text(shown(source), style)
