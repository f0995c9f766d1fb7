"""Say what of a server belongs to whom: the rules for threads and runs."""

from .authentication import auth

__all__ = ["auth"]
