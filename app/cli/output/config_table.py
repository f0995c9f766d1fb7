"""Draw the settings as a table that fits the screen."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from ...settings import DEFAULT, ENVIRONMENT, Origin
from .notices import printable
from .tables import NARROW

_UNSET = "not set"


def table(settings: Sequence[Origin], width: int) -> Table:
    """Return the table; on a narrow screen value and source stand below the name."""
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    if width < NARROW:
        drawn.add_column("Setting", overflow="fold")
    else:
        drawn.add_column("Setting", no_wrap=True)
        drawn.add_column("Value", overflow="fold")
        drawn.add_column("From", overflow="fold")
    for one in settings:
        name, value, source = _cells(one)
        if width < NARROW:
            drawn.add_row(Text("\n  ").join([name, value, source]))
        else:
            drawn.add_row(name, value, source)
    return drawn


def _cells(one: Origin) -> tuple[Text, Text, Text]:
    given = one.source != DEFAULT
    value = Text(printable(one.value or _UNSET), style="" if one.value else "dim")
    if one.wrong:
        value = Text(f"{printable(one.value)} (wrong)".strip(), style="red")
    source = one.source
    if given and one.variable != one.name:
        source = f"{one.variable}, {source}"
    style = "green" if source == ENVIRONMENT else "cyan" if given else "dim"
    return Text(one.name, style="bold" if given else ""), value, Text(printable(source), style)
