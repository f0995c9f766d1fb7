"""What each field may hold, at the edges of its limits."""

from collections.abc import Callable
from typing import Any

import pytest

from app.errors import TaskRefusal
from app.tasks import fields

LIMITS: list[tuple[Callable[[str], Any], int]] = [
    (fields.title_of, 500),
    (fields.notes_of, 10_000),
    (fields.project_of, 100),
    (lambda text: fields.tags_of([text])[0], 50),
]


@pytest.mark.parametrize(("check", "most"), LIMITS)
def test_field_holds_so_many_characters_and_no_more(check: Callable[[str], Any], most: int) -> None:
    assert check("x" * most) == "x" * most
    with pytest.raises(TaskRefusal, match=str(most)):
        check("x" * (most + 1))


def test_task_has_so_many_tags_and_each_once() -> None:
    twenty = [f"t{n}" for n in range(20)]
    assert fields.tags_of([*twenty, "#T0", " ", "#"]) == tuple(twenty)
    with pytest.raises(TaskRefusal, match="21 tags are too many; a task has at most 20"):
        fields.tags_of([*twenty, "one more"[:3]])


@pytest.mark.parametrize("check", [fields.title_of, fields.notes_of, fields.project_of])
@pytest.mark.parametrize("bad", ["\0", "\x1b", "\x7f", "\ud800"])
def test_control_characters_and_lone_surrogates_are_refused(
    check: Callable[[str], str], bad: str
) -> None:
    with pytest.raises(TaskRefusal, match="control character"):
        check(f"a{bad}b")


def test_white_space_is_tidied() -> None:
    assert fields.title_of(" a\tb\n c ") == "a b c"
    assert fields.notes_of(" a\r\nb\rc\n") == "a\nb\nc"
    assert fields.project_of(" + Big \n house ") == "Big house"
    assert fields.tags_of([" ##Home ", "a.b/c-d_e"]) == ("home", "a.b/c-d_e")


@pytest.mark.parametrize("text", ["", " \n", "+", " + "])
def test_empty_title_or_project_is_refused(text: str) -> None:
    with pytest.raises(TaskRefusal, match="not understood"):
        fields.project_of(text)
    if "+" not in text:
        with pytest.raises(TaskRefusal, match="empty"):
            fields.title_of(text)


@pytest.mark.parametrize("tag", ["two words", "a|b", "a,b", "a#b", "%"])
def test_tag_is_one_word(tag: str) -> None:
    with pytest.raises(TaskRefusal, match="one word"):
        fields.tags_of([tag])


def test_titles_and_projects_are_the_same_whatever_case_and_coding() -> None:
    assert fields.title_key("STRASSE cafe\u0301") == fields.title_key("straße caf\u00e9")
    assert fields.title_key("cafe") != fields.title_key("caf\u00e9")
    assert len(fields.title_key("ß" * 500)) == 500
    assert fields.project_key("HAUS e\u0301") == fields.project_key("haus \u00e9")


def test_priority_is_one_of_three_words() -> None:
    assert [fields.priority_of(text) for text in ("high", " Medium ", "LOW")] == [
        "high",
        "medium",
        "low",
    ]
    with pytest.raises(TaskRefusal, match=r'"urgent" not understood\. Use high, medium, low'):
        fields.priority_of("urgent")


def test_words_of_a_due_are_kept_without_control_characters_and_cut() -> None:
    assert fields.original_words("fri\0day\n\ud800!") == "friday!"
    assert fields.original_words("x" * 300) == "x" * 200


@pytest.mark.parametrize(
    ("word", "clears"),
    [("none", True), (" CLEAR ", True), ("remove", True), ("no", False), ("", False)],
)
def test_words_that_empty_a_field(word: str, clears: bool) -> None:
    assert fields.clears(word) is clears
