"""What the ledger's rows come to, counted by the database."""

from .counting import GROUPS, Bucket, Statistics, count_calls
from .tally import Spread, Summary

__all__ = ["GROUPS", "Bucket", "Spread", "Statistics", "Summary", "count_calls"]
