"""What stands before every route of a server: who may come in, and which web pages may call."""

from .door import USER, Door, behind_the_door

__all__ = ["USER", "Door", "behind_the_door"]
