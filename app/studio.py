"""The ready graph, under the name that hosts import it by."""

from .server import graph

__all__ = ["graph"]
