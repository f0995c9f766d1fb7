"""Metrics and spans of model calls."""

from .sinks import Metrics, open_metrics

__all__ = ["Metrics", "open_metrics"]
