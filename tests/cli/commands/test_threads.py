"""`threads` and `history`, as a person calls them."""

import json

import pytest

from app.settings import Settings
from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.inside import Enter
from tests.fakes.steps import calls, says


@pytest.fixture
def talked(relay: object, gemini: GeminiServer) -> None:
    """Ann has talked in two threads, and Bob in one."""
    gemini.plays(calls("add_task", title="Call the Dentist"), says("Added #1.\nAnything else?"))
    relay.say("remind me of the dentist")  # type: ignore[attr-defined]
    gemini.plays(says("No\x1b[31m idea."))
    relay.say("what is a molar?", thread="teeth")  # type: ignore[attr-defined]
    relay.say("bob's secret", user="bob")  # type: ignore[attr-defined]


@pytest.mark.usefixtures("talked")
def test_threads_are_listed_with_their_size(enter: Enter) -> None:
    listed = enter("threads", "--user", "ann").out.splitlines()
    assert [line.split("  ", 1)[1] for line in listed] == [
        "teeth  (2 messages)",
        "main  (4 messages)",
    ]
    told = [
        json.loads(line) for line in enter("threads", "--user", "bob", "--json").out.splitlines()
    ]
    assert [(one["name"], one["messages"]) for one in told] == [("main", 2)]


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


def test_nothing_there_is_said(enter: Enter) -> None:
    assert "no threads yet" in enter("threads").out
    nowhere = enter("history", "x")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert nowhere.err.strip() == 'There is no thread "x"; there is none.'
    assert Settings.load().user == "local"


def test_a_thread_is_deleted_when_the_person_says_so_and_its_tasks_stay(
    talked: None, relay: Relay, gemini: GeminiServer, enter: Enter
) -> None:
    refused = enter("threads", "--delete", "main", "--user", "ann")
    assert (refused.code, refused.out) == (3, "")
    assert "dentist" in enter("history", "main", "--user", "ann").out
    done = enter("threads", "--delete", "main", "--user", "ann", "--yes")
    assert done.code == 0
    assert done.out.startswith("Removed of main: 4 messages, ")
    assert "0 checkpoints" not in done.out
    assert [one.split()[2] for one in enter("threads", "--user", "ann").out.splitlines()] == [
        "teeth"
    ]
    assert "dentist" not in enter("history", "--user", "ann").out
    assert "Call the Dentist" in enter("tasks", "--user", "ann").out
    assert "bob's secret" in enter("history", "--user", "bob").out
    gemini.plays(says("Who are you?"))
    relay.say("hello again")
    assert len(gemini.requests[-1]["body"]["contents"]) == 1


def test_deletion_of_no_thread_and_of_another_users_is_refused(talked: None, enter: Enter) -> None:
    nowhere = enter("threads", "--delete", "teeth", "--user", "bob", "--yes")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert nowhere.err.strip() == 'There is no thread "teeth"; there is main.'
    assert "molar" in enter("history", "teeth", "--user", "ann").out


def test_thread_is_not_deleted_under_a_running_turn(
    talked: None, relay: Relay, enter: Enter
) -> None:
    key = relay.agent.container.thread_keys().key_of("ann", "main")
    assert relay.agent.container.turn_locks().take(key)
    refused = enter("threads", "--delete", "main", "--user", "ann", "--yes")
    assert (refused.code, "nothing was removed" in refused.err) == (1, True)
    assert "dentist" in enter("history", "main", "--user", "ann").out
