import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake import is_seen, shown, shown_json

HARMLESS = [
    "Pay rent",
    "شراء الحليب غدا",
    "לקנות חלב\u200f!",
    "👨\u200d👩\u200d👧 call, ☕\ufe0f",
    "cafe\u0301",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f trip",
    "two\nlines\tand a tab",
    "क्\u200dष",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert shown(text) == text
    assert is_seen(text)
    assert json.loads(shown_json(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\x1b]52;c;ZXZpbA==\x07", r"\x1b]52;c;ZXZpbA==\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\rb", r"a\rb"),
        ("a\r\nb", "a\nb"),
        ("pay\u202eknab", r"pay\u202eknab"),
        ("x\u2066y\u2069", r"x\u2066y\u2069"),
        ("a\u2028b", r"a\u2028b"),
        ("hi\U000e0041", r"hi\U000e0041"),
        ("half \ud800", r"half \ud800"),
    ],
)
def test_what_does_something_to_a_screen_is_written_out(text: str, written: str) -> None:
    assert shown(text) == written
    assert json.loads(shown_json([text])) == [text]


@given(st.text(st.characters(), max_size=30))
def test_nothing_hidden_is_left_and_json_says_the_same(text: str) -> None:
    hidden = set(map(chr, [*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x2028]))
    assert not set(shown(text)) & hidden
    told = shown_json({"x": text})
    assert not set(told) & (hidden | {"\t", "\n"})
    assert json.loads(told)["x"].encode("utf-16", "surrogatepass") == text.encode(
        "utf-16", "surrogatepass"
    )


@pytest.mark.parametrize(
    "text", ["", " \n", "\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\u00ad", "\u200e", "\u0301"]
)
def test_text_that_shows_nothing_is_told_from_text_that_does(text: str) -> None:
    assert not is_seen(text)
    assert is_seen(f"{text}a")
