"""Show what was said."""

import json

import pytest

from tests.fakes.inside import Enter


@pytest.mark.usefixtures("talked")
def test_history_shows_a_thread_as_it_was_said(enter: Enter) -> None:
    lines = enter("history", "main", "--user", "ann").out.splitlines()
    assert [line.split("  ", 1)[-1] for line in lines] == [
        "you: remind me of the dentist",
        "gemini: add_task(title='Call the Dentist')",
        "tool: Added #1 Call the Dentist",
        "gemini: Added #1.",
        "  Anything else?",
    ]
    assert enter("history", "main", "--user", "ann", "--last", "1").out.splitlines() == lines[-2:]


@pytest.mark.usefixtures("talked")
def test_search_finds_words_in_all_threads_of_the_user_only(enter: Enter) -> None:
    found = enter("history", "--user", "ann", "--search", "DÉNT").out
    assert [line.split("  ", 1)[1] for line in found.splitlines()] == [
        "main  you: remind me of the dentist",
        "main  tool: Added #1 Call the Dentist",
    ]
    assert "secret" not in enter("history", "--user", "ann").out
    (one,) = enter("history", "--user", "ann", "--search", "molar", "--json").out.splitlines()
    assert json.loads(one)["text"] == "what is a molar?"


@pytest.mark.usefixtures("talked")
def test_no_control_character_reaches_the_terminal(enter: Enter) -> None:
    assert "\x1b" not in enter("history", "teeth", "--user", "ann").out


def test_thread_that_is_not_there_is_named(enter: Enter) -> None:
    nowhere = enter("history", "x")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert nowhere.err.strip() == 'There is no thread "x"; there is none.'
