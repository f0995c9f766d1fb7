"""A tool call changes tasks once, whatever becomes of the process around it."""

import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langgraph.checkpoint.sqlite import SqliteSaver

from app.tasks import Owner
from tests.conftest import Relay, child_environment, provider_environment, provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, calls, says
from tests.fakes.warm import Warm

CONFIG: Any = {"configurable": {"thread_id": "1"}}
ADDS_TWO = Answer(
    calls=(
        ("add_task", {"title": "a", "allow_duplicate": True}),
        ("add_task", {"title": "a", "allow_duplicate": True}),
    )
)
DYING = """
import os, sqlite3, sys
from langchain_core.messages import ToolMessage
from langgraph.checkpoint.sqlite import SqliteSaver
from app import build_graph

class Dying(SqliteSaver):
    def put_writes(self, config, writes, task_id, task_path=""):
        results = [value for channel, value in writes if channel == "messages"]
        if any(isinstance(message, ToolMessage) for value in results for message in value):
            os._exit(9)  # the changes are committed, their results are noted nowhere else
        super().put_writes(config, writes, task_id, task_path)

saver = Dying(sqlite3.connect(sys.argv[1], check_same_thread=False))
graph = build_graph(checkpointer=saver)
config = {"configurable": {"thread_id": "1"}}
graph.invoke({"messages": [("user", "add a twice")]}, config, durability="sync")
"""


def titles(relay: Relay) -> list[str]:
    owner = Owner("local", relay.agent.container.default_owner.zone)
    return [task.title for task in relay.agent.container.tasks().find(owner).tasks]


@pytest.mark.parametrize("said", [None, {"messages": [("user", "and now?")]}])
def test_killed_between_a_change_and_its_checkpoint(
    relay: Relay, gemini: GeminiServer, groq: GroqServer, warm: Warm, tmp_path: Path, said: Any
) -> None:
    gemini.plays(ADDS_TWO, says("Both are there."))
    file = str(tmp_path / "threads.db")
    environment = child_environment(**provider_environment(gemini, groq), APP_TIMEZONE="UTC")
    died = subprocess.run([warm.python, "-c", DYING, file], env=environment, check=False)
    assert died.returncode == 9
    assert titles(relay) == ["a", "a"]
    connection = sqlite3.connect(file, check_same_thread=False)
    graph = relay.agent.graph(SqliteSaver(connection))
    messages = graph.invoke(said, CONFIG, durability="sync")["messages"]
    connection.close()
    assert titles(relay) == ["a", "a"]
    results = [message.text for message in messages if isinstance(message, ToolMessage)]
    assert results == ["Added #1 a", "Added #2 a"]
    later = ["human"] if said else []
    assert [m.type for m in messages] == ["human", "ai", "tool", "tool", *later, "ai"]
    assert messages[-1].text == "Both are there."


def test_call_ids_that_a_provider_uses_again_name_different_calls(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make_relay(primary_llm="groq", **provider_settings(gemini, groq))
    for _ in range(2):
        groq.plays(calls("add_task", title="again", allow_duplicate=True), says("Added."))
        assert relay.say("add again", user="local").ok
    assert titles(relay) == ["again", "again"]
