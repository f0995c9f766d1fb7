"""Metrics and spans of model calls."""
