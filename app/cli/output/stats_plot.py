"""Draw latency, failovers and cost over time into a PNG file."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import InputError

if TYPE_CHECKING:
    from ...telemetry import Statistics


def draw_plot(statistics: "Statistics", file: Path) -> None:
    """Write the picture.

    Args:
        statistics: What to draw.
        file: A PNG file.

    Raises:
        InputError: matplotlib is missing, there is nothing to draw, or no way to write it.
    """
    if find_spec("matplotlib") is None:
        raise InputError(
            '--plot needs matplotlib: run python -m pip install -e ".[plot]" -c constraints.txt'
        )
    if not statistics.buckets:
        raise InputError("There is nothing to draw yet: no model was asked in that time.")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 8), layout="constrained")
    latency, failovers, cost = figure.subplots(3, 1, sharex=True)
    begins = [bucket.begin for bucket in statistics.buckets]
    summaries = [bucket.summary for bucket in statistics.buckets]
    totals = [summary.total for summary in summaries]
    _line(latency, begins, [total.median / 1000 if total else None for total in totals], "median")
    _line(latency, begins, [total.p95 / 1000 if total else None for total in totals], "p95")
    latency.set(ylabel="answer, seconds", title="Latency")
    latency.legend(loc="best")
    width = (begins[1] - begins[0]) * 0.8 if len(begins) > 1 else 0.8
    over = [summary.failovers for summary in summaries]
    failovers.bar(begins, over, width, label="failed over")
    lost = [summary.all_failed for summary in summaries]
    failovers.bar(begins, lost, width, bottom=over, label="all models failed")
    failovers.set(ylabel="turns", title="Failovers")
    failovers.legend(loc="best")
    cost.bar(begins, [summary.cost or 0 for summary in summaries], width)
    cost.set(ylabel="US dollars", title="Cost, as far as prices are known")
    figure.autofmt_xdate()
    try:
        figure.savefig(file, format="png", dpi=100)
    except OSError as error:
        raise InputError(f"{file} can't be written ({error.strerror}).") from error


def _line(axes: Any, begins: Any, values: Any, label: str) -> None:
    axes.plot(begins, values, marker="o", markersize=3, label=label)
