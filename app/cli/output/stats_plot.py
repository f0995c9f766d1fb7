"""Draw latency, failovers and cost over time into a PNG file."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import InputError

if TYPE_CHECKING:
    from ...telemetry import Statistics


def draw(found: "Statistics", file: Path) -> None:
    """Write the picture.

    Raises:
        InputError: matplotlib is missing, there is nothing to draw, or no way to write it.
    """
    if find_spec("matplotlib") is None:
        raise InputError(
            '--plot needs matplotlib: run python -m pip install -e ".[plot]" -c constraints.txt'
        )
    if not found.buckets:
        raise InputError("There is nothing to draw yet: no model was asked in that time.")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 8), layout="constrained")
    latency, failovers, cost = figure.subplots(3, 1, sharex=True)
    begins = [bucket.begin for bucket in found.buckets]
    each = [bucket.summary for bucket in found.buckets]
    _line(latency, begins, [one.total.median / 1000 if one.total else None for one in each])
    _line(latency, begins, [one.total.p95 / 1000 if one.total else None for one in each], "p95")
    latency.set(ylabel="answer, seconds", title="Latency")
    latency.legend(loc="best")
    width = (begins[1] - begins[0]) * 0.8 if len(begins) > 1 else 0.8
    over = [one.failovers for one in each]
    failovers.bar(begins, over, width, label="failed over")
    lost = [one.all_failed for one in each]
    failovers.bar(begins, lost, width, bottom=over, label="all models failed")
    failovers.set(ylabel="turns", title="Failovers")
    failovers.legend(loc="best")
    cost.bar(begins, [one.cost or 0 for one in each], width)
    cost.set(ylabel="US dollars", title="Cost, as far as prices are known")
    figure.autofmt_xdate()
    try:
        figure.savefig(file, format="png", dpi=100)
    except OSError as error:
        raise InputError(f"{file} can't be written ({error.strerror}).") from error


def _line(axes: Any, begins: Any, values: Any, label: str = "median") -> None:
    axes.plot(begins, values, marker="o", markersize=3, label=label)
