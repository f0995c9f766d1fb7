"""The ready graph and its checkpointer, under the name that hosts and servers import them by."""

import sys

if __package__ in sys.modules:
    from .server import checkpointer, graph
else:  # a server may load this file by its path, as a module without a package
    from app.server import checkpointer, graph

__all__ = ["checkpointer", "graph"]
