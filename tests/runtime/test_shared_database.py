"""Several machines, each with a data directory of its own, on one PostgreSQL."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import DatabaseError
from app.tasks import Owner
from tests.conftest import Ended, Relay, child_environment, provider_environment, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, calls, says
from tests.fakes.warm import Warm
from tests.postgresql import Databases

Machine = Callable[[], Relay]
ADDS_TWO = Answer(
    calls=(
        ("add_task", {"title": "a", "allow_duplicate": True}),
        ("add_task", {"title": "a", "allow_duplicate": True}),
    )
)
DYING = """
import asyncio, os
from langchain_core.messages import ToolMessage
from app import process_message
from app.conversations.savers.postgresql_saver import PostgresConversations

plain = PostgresConversations.put_writes

def put_writes(self, config, writes, task_id, task_path=""):
    results = [value for channel, value in writes if channel == "messages"]
    if any(isinstance(message, ToolMessage) for value in results for message in value):
        os._exit(9)  # the changes are committed, their results are noted nowhere else
    plain(self, config, writes, task_id, task_path)

PostgresConversations.put_writes = put_writes
asyncio.run(process_message("ann", "add a twice"))
"""
ONE_TURN = """
import asyncio
from app import process_message
print(asyncio.run(process_message("ann", "add tea")).reply)
"""


@pytest.fixture
def machine(
    make_relay: Callable[..., Relay],
    gemini: GeminiServer,
    groq: GroqServer,
    postgresql_url: str,
    tmp_path: Path,
) -> Machine:
    """Start the program on one more machine."""
    count = iter(range(9))
    providers = provider_settings(gemini, groq)
    return lambda: make_relay(
        data_dir=tmp_path / f"machine{next(count)}", database_url=postgresql_url, **providers
    )


def titles(relay: Relay) -> dict[str, str]:
    tasks, owner = (
        relay.agent.container.tasks(),
        Owner("ann", relay.agent.container.default_owner.zone),
    )
    return {
        f"#{task.id} {task.title}": task.status.value
        for status in ("all", "deleted")
        for task in tasks.find(owner, status=status).tasks
    }


def test_message_becomes_a_task_and_the_thread_goes_on_elsewhere(
    machine: Machine, gemini: GeminiServer
) -> None:
    gemini.plays(calls("add_task", title="Water the plants"), says("Added."))
    assert machine().say("Remind me to water the plants").reply == "Added."
    second = machine()
    assert titles(second) == {"#1 Water the plants": "open"}
    gemini.plays(says("The plants."))
    assert second.say("What was that?").reply == "The plants."
    asked = str(gemini.requests[-1]["body"]["contents"])
    assert "Remind me to water the plants" in asked
    assert "Added #1" in asked
    assert not list(second.settings.data_dir.glob("*.db"))


def test_question_of_one_machine_is_answered_on_another(
    machine: Machine, gemini: GeminiServer
) -> None:
    first, second = machine(), machine()
    owner = Owner("ann", first.agent.container.default_owner.zone)
    for title in ("a", "b", "c"):
        first.agent.container.tasks().add(owner, title)
    gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("Done."))
    assert first.say("delete them").confirmation is not None
    assert set(titles(second).values()) == {"open"}
    assert second.runner.run(second.agent.confirm("ann", True)).reply == "Done."
    assert set(titles(first).values()) == {"deleted"}


def test_killed_between_a_change_and_its_checkpoint(
    machine: Machine, gemini: GeminiServer, groq: GroqServer, postgresql_url: str, warm: Warm
) -> None:
    gemini.plays(ADDS_TWO, says("Both are there."))
    environment = child_environment(
        **provider_environment(gemini, groq), DATABASE_URL=postgresql_url, APP_TIMEZONE="UTC"
    )
    died = subprocess.run([warm.python, "-c", DYING], env=environment, check=False)
    assert died.returncode == 9
    relay = machine()
    assert len(titles(relay)) == 2
    assert relay.say("and now?").reply == "Both are there."
    assert list(titles(relay)) == ["#1 a", "#2 a"]
    told = str(gemini.requests[-1]["body"]["contents"])
    assert "Added #1 a" in told
    assert "Added #2 a" in told


def test_dead_provider_that_one_machine_met_gets_no_call_from_another(
    machine: Machine, gemini: GeminiServer
) -> None:
    first, second = machine(), machine()
    gemini.plays(gemini_api.quota(600))
    assert first.say("Hello").provider == "groq"
    first.agent.container.breakers.close()
    reply = second.say("Hello", user="bob")
    assert [(one["provider"], one["outcome"]) for one in reply.attempts] == [
        ("gemini", "skipped"),
        ("groq", "answered"),
    ]
    assert gemini.calls == 1


def test_many_users_of_two_machines_at_once_each_get_their_own(
    make_relay: Callable[..., Relay], postgresql_url: str, tmp_path: Path
) -> None:
    first, second = (
        make_relay(data_dir=tmp_path / name, database_url=postgresql_url) for name in ("x", "y")
    )

    async def all_at_once() -> list[str]:
        turns = [
            relay.agent.process_message(f"user{number}", f"add tea {name}")
            for number in range(10)
            for name, relay in enumerate((first, second))
        ]
        return [reply.reply for reply in await asyncio.gather(*turns)]

    replies = first.runner.run(all_at_once())
    assert all(re.fullmatch(r"Added #[12] tea [01]", reply) for reply in replies)
    tasks = second.agent.container.tasks()
    for number in range(10):
        owner = Owner(f"user{number}", second.agent.container.default_owner.zone)
        assert {task.title for task in tasks.find(owner).tasks} == {"tea 0", "tea 1"}


def test_characters_that_postgresql_refuses_break_nothing(
    machine: Machine, gemini: GeminiServer
) -> None:
    relay = machine()
    searching = calls("list_tasks", text="te\0a \ud800")
    gemini.plays(calls("add_task", title="tea\0", notes="\ud800"), searching, says("a\0b"))
    reply = relay.say("go\0 on")
    assert reply.ok
    assert [call["name"] for call in reply.tool_calls] == ["add_task", "list_tasks"]
    gemini.plays(says("Still here."))
    assert relay.say("and?").reply == "Still here."


def test_terminal_and_scripts_end_without_a_word_too_much(
    command: Callable[..., Ended], postgresql_url: str
) -> None:
    ended = command("chat", "-m", "add milk", DATABASE_URL=postgresql_url, APP_USER="ann")
    assert (ended.code, ended.out) == (0, "Added #1 milk\n")
    assert ended.err.splitlines() == [
        "Warning: GEMINI_API_KEY and GROQ_API_KEY are not set: left out of the chain."
    ]
    script = subprocess.run(
        [sys.executable, "-c", ONE_TURN],
        env=child_environment(DATABASE_URL=postgresql_url),
        capture_output=True,
        text=True,
        check=True,
    )
    assert (script.stdout, script.stderr) == ("Added #2 tea\n", "")
    exported = command(
        "export", "--format", "todotxt", "--user", "ann", DATABASE_URL=postgresql_url
    )
    assert "tea" in exported.out


def test_server_that_is_away_is_told_before_a_model_is_paid(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    away = "postgresql://ann:hidden@127.0.0.1:9/work"
    relay = make_relay(database_url=away, **provider_settings(gemini, groq))
    with pytest.raises(DatabaseError, match="Check that the server runs"):
        relay.say("Hello")
    assert gemini.calls == 0
    assert not any("hidden" in line for line in relay.log_lines())


def test_new_database_needs_nothing_but_its_address(
    make_relay: Callable[..., Relay], databases: Databases
) -> None:
    url = databases.empty()
    relay = make_relay(database_url=url)
    assert relay.say("add tea").reply == "Added #1 tea"
    relay.restart()
    databases.drop(url)
