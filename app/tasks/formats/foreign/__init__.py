"""Read the files of other programs: one module a program, and what they share."""

from .registry import READERS, looks_like

__all__ = ["READERS", "looks_like"]
