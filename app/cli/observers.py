"""Find out whether a profiler, a debugger or coverage watches the process."""

import sys


def is_observed() -> bool:
    """Say whether one does; it writes its results only when the process ends normally."""
    if sys.getprofile() is not None or sys.gettrace() is not None:
        return True
    # From Python 3.12 on there is a third way to watch; its tools have the numbers 0 to 5.
    monitoring = getattr(sys, "monitoring", None)
    return monitoring is not None and any(monitoring.get_tool(number) for number in range(6))
