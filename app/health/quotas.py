"""Say what is left of the quotas that are known."""

from datetime import tzinfo

from app.errors import DatabaseError
from app.health.findings import Finding, Level
from app.stores import Stores

AREA = "Quotas"


def quota_findings(stores: Stores, zone: tzinfo) -> list[Finding]:
    """Return a finding for each quota; one that is used up is to be looked at."""
    try:
        return [
            Finding(AREA, Level.OK if quota.left else Level.WARNING, f"{quota.words(zone)}.")
            for quota in stores.quotas_left()
        ]
    except DatabaseError as error:
        return [Finding(AREA, Level.PROBLEM, str(error))]
