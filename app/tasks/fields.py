"""Check what a field of a task may hold; every refusal says what to send instead."""

import re
import unicodedata
from collections.abc import Iterable

from ..errors import TaskRefusal
from ..intake import is_seen
from .model import Priority

TITLE_LENGTH = 500
NOTES_LENGTH = 10_000
TAG_LENGTH = 50
MOST_TAGS = 20
PROJECT_LENGTH = 100
DUE_TEXT_LENGTH = 200
CLEARING_WORDS = frozenset({"none", "clear", "remove"})
"""Words that empty a field in an update."""


def title_of(text: str) -> str:
    """Return a title on one line, without spaces around it."""
    title = " ".join(plain("title", text).split())
    if not is_seen(title):
        raise TaskRefusal("The title is empty. Send a short title.")
    if len(title) > TITLE_LENGTH:
        raise TaskRefusal(
            f"The title has {len(title)} characters; at most {TITLE_LENGTH} fit. "
            "Send a short title and put the rest into notes."
        )
    return title


def title_key(title: str) -> str:
    """Return the form in which two titles count as the same: case and accents' coding folded."""
    cut = title[: TITLE_LENGTH + 1]  # to order a long run of accents takes its square
    return unicodedata.normalize("NFC", cut.casefold())[:TITLE_LENGTH]


def notes_of(text: str) -> str:
    """Return notes; line breaks stay."""
    notes = plain("notes", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(notes) > NOTES_LENGTH:
        raise TaskRefusal(f"The notes have {len(notes)} characters; at most {NOTES_LENGTH} fit.")
    return notes


def priority_of(text: str) -> Priority:
    """Return the priority that a word names."""
    try:
        return Priority(text.strip().lower())
    except ValueError:
        allowed = ", ".join(Priority)
        raise TaskRefusal(f'priority "{text[:40]}" not understood. Use {allowed}.') from None


def tags_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags in lower case, without `#`, each once, in the order given."""
    clean = tuple(dict.fromkeys(_tag(tag) for tag in tags if tag.strip(" #")))
    if len(clean) > MOST_TAGS:
        raise TaskRefusal(f"{len(clean)} tags are too many; a task has at most {MOST_TAGS}.")
    return clean


def project_of(text: str) -> str:
    """Return a project's name on one line; its spelling stays."""
    project = " ".join(plain("project", text).split()).lstrip("+").strip()
    if not project or len(project) > PROJECT_LENGTH:
        raise TaskRefusal(
            f'project "{text[:40]}" not understood. Send a name of at most '
            f"{PROJECT_LENGTH} characters."
        )
    return project


def project_key(project: str) -> str:
    """Return the form in which two project names count as the same."""
    return unicodedata.normalize("NFC", project[: PROJECT_LENGTH + 1].casefold())


def original_words(text: str) -> str:
    """Return the person's own words for a due or a repeat, as far as they are kept."""
    kept = [char for char in text if unicodedata.category(char) not in ("Cc", "Cs")]
    return "".join(kept)[:DUE_TEXT_LENGTH]


def clears(text: str) -> bool:
    """Say whether a word empties a field."""
    return text.strip().lower() in CLEARING_WORDS


def plain(what: str, text: str) -> str:
    """Return a text that holds no control characters but tabs and line ends.

    What else may turn a line round or hide something is kept, and written out where it is shown.

    Args:
        what: The field's name, for the refusal.
        text: What it should hold.

    Raises:
        TaskRefusal: There is another control character in it.
    """
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t\r":
            raise TaskRefusal(f"The {what} holds a control character. Send plain text.")
    return text


def _tag(text: str) -> str:
    tag = text.strip().lstrip("#").lower()
    if not re.fullmatch(r"[\w./-]+", tag) or len(tag) > TAG_LENGTH:
        raise TaskRefusal(
            f'tag "{text[:40]}" not understood. Use one word of letters, digits, - and _, '
            f"at most {TAG_LENGTH} characters."
        )
    return tag
