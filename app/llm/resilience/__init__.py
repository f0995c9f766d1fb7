"""Whom to ask, and when again: breaker, quotas, retry, recovery."""
