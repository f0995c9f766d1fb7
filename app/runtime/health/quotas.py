"""Say what is left of the quotas that are known."""

from collections.abc import Collection
from datetime import tzinfo

from ...errors import DatabaseError
from ...telemetry import QuotaSource
from ..stores import Stores
from .findings import Finding, Level

AREA = "Quotas"


def quota_findings(stores: Stores, zone: tzinfo, fresh: Collection[str]) -> list[Finding]:
    """Return a finding for each quota; one that is used up is to be looked at.

    Args:
        stores: Where they are counted.
        zone: The person's zone.
        fresh: The providers that have just told theirs, which are left out as older news.
    """
    try:
        return [
            Finding(AREA, Level.OK if quota.left else Level.WARNING, f"{quota.words(zone)}.")
            for quota in stores.quotas_left()
            if quota.source is not QuotaSource.HEADER or quota.provider not in fresh
        ]
    except DatabaseError as error:
        return [Finding(AREA, Level.PROBLEM, str(error))]
