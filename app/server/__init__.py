"""What a server loads: the graph, who may use it, and the health endpoints.

LangGraph's server loads the files by their paths; hosts in the same process import these names.
"""

from typing import TYPE_CHECKING

from .. import lazy_names

if TYPE_CHECKING:
    from .auth import auth
    from .health_endpoints import app
    from .studio import checkpointer, graph

__all__ = ["app", "auth", "checkpointer", "graph"]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {"auth": ("auth",), "health_endpoints": ("app",), "studio": ("checkpointer", "graph")},
    )
