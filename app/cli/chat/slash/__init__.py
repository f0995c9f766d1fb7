"""The slash commands of the chat: one file a group, and a registry.

A command is a function of the session and of what was typed after its name. Most need no
model, and none waits for one but `/model` and `/retry`.
"""

from .command import AfterCommand, SlashCommand
from .registry import COMMANDS, SlashMatch, completions, find

__all__ = ["COMMANDS", "AfterCommand", "SlashCommand", "SlashMatch", "completions", "find"]
