"""The ready graph, under the name that hosts import it by."""

from .server.studio import graph

__all__ = ["graph"]
