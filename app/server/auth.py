"""What `langgraph.json` names as `auth`: who is asking, and what of it is theirs.

A server may load this file by its path, and some do so again and again, so it only hands out
what the package made once.
"""

import sys

if __package__ in sys.modules:
    from . import authorization, belongings
    from .authentication import auth
else:  # a server loads this file by its path, as a module without a package
    from app.server import authorization, belongings
    from app.server.authentication import auth

RULES = (authorization, belongings)
"""The modules that add their rules to `auth` when they are loaded."""

__all__ = ["RULES", "auth"]
