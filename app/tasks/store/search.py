"""Fold text for searching: words in lower case, without accents."""

import re
import unicodedata
from collections.abc import Callable

from ...errors import TaskRefusal

_WORD = re.compile(r"\w+|[^\w\s!-~]")
_UNSPACED = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u2e80", "\u9fff"),
    ("\uac00", "\ud7af"),
    ("\uf900", "\ufaff"),
)
"""The first and the last character of the scripts that put no spaces between words."""
_MOST_WORDS = 10
_LONGEST = 1_000


def folded(*texts: str) -> str:
    """Return the words and symbols of texts, each after one space, as the column keeps them."""
    plain = unicodedata.normalize("NFKD", " ".join(texts)).casefold()
    kept = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return "".join(f" {word}" for word in _WORD.findall(kept))


def patterns(text: str) -> list[str]:
    """Return what each searched word looks like inside a search column.

    A word matches at the beginning of a word; in scripts without spaces anywhere. Control
    characters and lone surrogates, which no task holds, are passed over.

    Raises:
        TaskRefusal: There is no word in it, or too many.
    """
    words = folded(text).split() if len(text) <= _LONGEST else []
    words = [word for word in words if unicodedata.category(word[0]) not in ("Cc", "Cs")]
    if not words or len(words) > _MOST_WORDS:
        raise TaskRefusal(f'text "{text[:40]}" not understood. Send one to {_MOST_WORDS} words.')
    return [word if _is_unspaced(word) else f" {word}" for word in words]


def word_matcher(text: str) -> Callable[[str], bool]:
    """Return the test for texts that hold all words of a text, or words that begin so.

    Raises:
        TaskRefusal: There is no word in it, or too many.
    """
    parts = patterns(text)

    def matches(searched: str) -> bool:
        folded_text = folded(searched)
        return all(part in folded_text for part in parts)

    return matches


def _is_unspaced(word: str) -> bool:
    return any(first <= word[0] <= last for first, last in _UNSPACED)
