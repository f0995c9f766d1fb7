"""Word the notices of the terminal: failovers, missing keys, tool calls, the welcome."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ... import PROGRAM
from ...intake import shown

if TYPE_CHECKING:
    from rich.text import Text

    from ...events import ToolCall
    from ...reply import Reply


def failover_notice(reply: "Reply") -> str:
    """Return the line that says who failed and who answered; empty when nobody failed.

    It is a quiet one, unless a person has to repair something.
    """
    if not reply.notice:
        return ""
    notice = shown(reply.notice)
    return f"Warning: {notice}." if needs_repair(reply) else f"({notice}.)"


def styled_notice(reply: "Reply") -> "Text | None":
    """Return the line about a failover as it looks; None when nobody failed."""
    from rich.text import Text

    notice = failover_notice(reply)
    style = "bold yellow" if needs_repair(reply) else "dim"
    return Text(notice, style) if notice else None


def is_own_text(reply: "Reply") -> bool:
    """Say whether a reply is the program's own text, to be shown as it is, and no model's."""
    no_model = reply.provider in (None, "offline") or not reply.ok
    return no_model or reply.confirmation is not None


def needs_repair(reply: "Reply") -> bool:
    """Say whether a model failed for what only a person can repair, such as a rejected key."""
    from ...settings import FailureKind

    needing = {kind.value for kind in FailureKind if kind.row.needs_a_person}
    return any(attempt["kind"] in needing for attempt in reply.attempts)


def missing_notice(names: Sequence[str]) -> str:
    """Return the line that says which providers are left out because their key is missing."""
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return f"Warning: {' and '.join(names)} {verb} not set: left out of the chain."


def call_line(call: "ToolCall") -> str:
    """Return one line about a tool that is about to run."""
    args = ", ".join(f"{name}={value!r}" for name, value in call.args.items() if value is not None)
    return shown(" ".join(f"{call.name}({args})".split()))


def welcome(missing: Sequence[str], everything_missing: bool) -> str:
    """Return what the chat says before its first prompt.

    Args:
        missing: The settings whose absence keeps a model out of the chain.
        everything_missing: Whether no model is left.
    """
    if everything_missing:
        return (
            "No model is set up, so only plain commands work; type help to see them.\n"
            "Keys are free, at aistudio.google.com (Gemini) and at console.groq.com (Groq).\n"
            f"Then: {PROGRAM} config set GEMINI_API_KEY - (or GROQ_API_KEY), start again."
        )
    return missing_notice(missing) or "Say what to do. Ctrl-C stops an answer, Ctrl-D leaves."
