"""The offline responder: answers without any model, last of the chain."""

from .responder import OFFLINE, RAN_COMMAND, OfflineResponder, is_command

__all__ = ["OFFLINE", "RAN_COMMAND", "OfflineResponder", "is_command"]
