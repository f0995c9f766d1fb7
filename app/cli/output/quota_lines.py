"""Word what is left of the quotas, the same way in `stats` and in the chat."""

from datetime import tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...telemetry import QuotaLeft


def quota_sentences(quotas: "Sequence[QuotaLeft]", zone: tzinfo) -> list[str]:
    """Return a line for each quota, or one that says that none is known.

    Args:
        quotas: What is left of each.
        zone: The person's time zone.
    """
    if not quotas:
        return ["No limit is set or was learned yet: nothing is held back."]
    return [quota.words(zone) for quota in quotas]
