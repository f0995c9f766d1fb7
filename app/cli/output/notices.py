"""Write what a person reads in the terminal."""

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

    from ...events import ToolCall
    from ...reply import Reply

_FOR_A_PERSON = ("auth", "permission", "model_not_found")


def printable(text: str) -> str:
    """Return text without control characters, so that no answer can steer a terminal."""
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) != "Cc"
    )


def failover_notice(reply: "Reply") -> str:
    """Return the line that says who failed and who answered; empty when nobody failed.

    It is a quiet one, unless a person has to mend something.
    """
    if not reply.notice:
        return ""
    told = printable(reply.notice)
    return f"Warning: {told}." if needs_mending(reply) else f"({told}.)"


def notice_of(reply: "Reply") -> "Text | None":
    """Return the line about a failover as it looks; None when nobody failed."""
    from rich.text import Text

    told = failover_notice(reply)
    style = "bold yellow" if needs_mending(reply) else "dim"
    return Text(told, style) if told else None


def is_ours(reply: "Reply") -> bool:
    """Say whether a reply is in our own words, to be shown as they are, and no model's."""
    ours = reply.provider in (None, "offline") or not reply.ok
    return ours or reply.confirmation is not None


def needs_mending(reply: "Reply") -> bool:
    """Say whether a model failed for what only a person can mend, such as a rejected key."""
    return any(attempt["kind"] in _FOR_A_PERSON for attempt in reply.attempts)


def missing_notice(names: Sequence[str]) -> str:
    """Return the line that says which providers are left out for want of a key."""
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return f"Warning: {' and '.join(names)} {verb} not set: left out of the chain."


def call_line(call: "ToolCall") -> str:
    """Return one line about a tool that is about to run."""
    args = ", ".join(f"{name}={value!r}" for name, value in call.args.items() if value is not None)
    return printable(" ".join(f"{call.name}({args})".split()))


def welcome(missing: Sequence[str], everything_missing: bool) -> str:
    """Return what the chat says before its first prompt."""
    if everything_missing:
        return (
            "No model is set up, so only plain commands work; type help to see them.\n"
            "Keys are free, at aistudio.google.com (Gemini) and at console.groq.com (Groq).\n"
            "Then: python -m app config set GEMINI_API_KEY - (or GROQ_API_KEY), start again."
        )
    return missing_notice(missing) or "Say what to do. Ctrl-C stops an answer, Ctrl-D leaves."
