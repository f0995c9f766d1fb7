"""The terminal: `python -m app`. Nothing heavy is imported before it is needed."""

from .main import main, run

__all__ = ["main", "run"]
