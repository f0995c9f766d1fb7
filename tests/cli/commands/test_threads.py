"""List the threads of a user, and delete one."""

import json

import pytest

from app.settings import Settings
from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.inside import Enter
from tests.fakes.steps import says


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


def test_nothing_there_is_said(enter: Enter) -> None:
    assert "no threads yet" in enter("threads").out
    assert Settings.load().user == "local"
