"""Read the limits that Google names in a 429, in `QuotaFailure` and `ErrorInfo`."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ...settings import Limit, Window


def google_limits(violations: Iterable[Mapping[str, Any]]) -> tuple[Limit, ...]:
    """Return the limits that a 429 names by `quotaId` and `quotaValue`.

    An id reads like `GenerateRequestsPerMinutePerProjectPerModel-FreeTier`.
    """
    by_window: dict[Window, Limit] = {}
    for violation in violations:
        name, value = str(violation.get("quotaId")), str(violation.get("quotaValue"))
        span = "day" if "PerDay" in name else "minute" if "PerMinute" in name else None
        if span and re.fullmatch(r"[1-9][0-9]{0,11}", value):
            window = Window(f"{'tokens' if 'Token' in name else 'requests'}/{span}")
            by_window[window] = Limit(window, int(value))
    return tuple(by_window.values())
