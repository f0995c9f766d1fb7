"""Show the last exchange of a thread: the last thing that was said in it, and the answer."""

from typing import TYPE_CHECKING

from ...intake import shown
from .session import ChatSession

if TYPE_CHECKING:
    from ...conversations import Transcript, TranscriptEntry

_LOOK_BACK = 40
"""Messages among which the last exchange is looked for."""
_MOST_LINES = 8
"""Lines of each message that are shown."""


def last_exchange(transcript: "Transcript", user: str, thread: str) -> str:
    """Return the last exchange of a thread; empty where nothing was said.

    Args:
        transcript: Where everything that was said is kept.
        user: Whose thread.
        thread: What they call it.

    Raises:
        DatabaseError: The database can't be read.
    """
    from ...conversations import Role

    key = transcript.key_of(user, thread)
    entries = transcript.last(user, key, _LOOK_BACK) if key else []
    question = _last(entries, Role.PERSON.value)
    if question is None:
        return ""
    answer = _last(entries[entries.index(question) :], Role.MODEL.value)
    lines = [f"> {question.message.text}", *([answer.message.text] if answer else [])]
    return "\n".join(_shortened(shown(line)) for line in lines)


def show_last(session: ChatSession) -> None:
    """Show the last exchange in dim letters."""
    transcript = session.stores().transcript()
    if text := last_exchange(transcript, session.user, session.thread):
        session.output.say(text, "dim")


def _last(entries: "list[TranscriptEntry]", role: str) -> "TranscriptEntry | None":
    with_text = (entry for entry in reversed(entries) if entry.message.text.strip())
    return next((entry for entry in with_text if entry.message.role == role), None)


def _shortened(text: str) -> str:
    lines = text.strip().splitlines()
    more = f"\n... ({len(lines) - _MOST_LINES} lines more)" if len(lines) > _MOST_LINES else ""
    return "\n".join(lines[:_MOST_LINES]) + more
