"""What is found by which words, and how many words a search may have."""

import pytest

from app.errors import TaskRefusal
from app.tasks import word_matcher
from app.tasks.store.search import folded, patterns


@pytest.mark.parametrize(("count", "is_read"), [(0, False), (1, True), (10, True), (11, False)])
def test_search_has_one_to_ten_words(count: int, is_read: bool) -> None:
    text = " ".join("abcdefghijk"[:count])
    if is_read:
        assert len(patterns(text)) == count
    else:
        with pytest.raises(TaskRefusal, match="Send one to 10 words"):
            patterns(text)


def test_words_are_folded_and_stand_after_one_space() -> None:
    assert folded("Café,  RÖSTEN", "Straße") == " cafe rosten strasse"
    assert patterns("CAFÉ ros") == [" cafe", " ros"]
    assert patterns("買う") == ["買う"]


@pytest.mark.parametrize(
    ("wanted", "text", "matches"),
    [
        ("cafe ro", "Rösten im Café", True),
        ("cafe tea", "Café", False),
        ("afe", "Café", False),
        ("買う", "牛乳を買う", True),
        ("🥛", "Milch 🥛", True),
    ],
)
def test_text_matches_where_it_holds_every_word(wanted: str, text: str, matches: bool) -> None:
    assert word_matcher(wanted)(text) is matches
