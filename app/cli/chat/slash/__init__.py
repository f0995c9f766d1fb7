"""The slash commands of the chat: one file a group, and a registry.

A command is a function of the session and of what was typed after its name. Most need no
model, and none waits for one but `/model` and `/retry`.
"""

from .command import Next, SlashCommand
from .registry import COMMANDS, Found, completions, find

__all__ = ["COMMANDS", "Found", "Next", "SlashCommand", "completions", "find"]
