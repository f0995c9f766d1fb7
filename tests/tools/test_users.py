"""Try every tool and every call of the store across users."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.database import open_engine
from app.tasks import Owner, TaskArchive, TaskService
from app.tools import TaskTools
from tests.conftest import Relay, provider_settings
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, says

ZONE = ZoneInfo("UTC")
REACHING: dict[str, tuple[dict[str, Any], str]] = {
    "add_task": ({"title": "x", "parent_id": 1}, "#1: no such task"),
    "list_tasks": ({"status": "all", "text": "secret"}, "No tasks found."),
    "update_task": ({"task_id": 1, "title": "stolen"}, "#1: no such task"),
    "complete_tasks": ({"task_ids": [1, "secret one"]}, "0 open tasks have this title"),
    "reopen_tasks": ({"task_ids": [2]}, "#2: no such task"),
    "delete_tasks": ({"task_ids": [1]}, "#1: no such task"),
    "undo": ({"steps": 5}, "There is nothing to undo."),
    "task_stats": ({}, "Open: 0"),
}


@pytest.fixture
def archive(store_url: str, clock: FixedClock) -> Iterator[TaskArchive]:
    """All of anybody's tasks, past the program."""
    engine = open_engine(store_url)
    yield TaskArchive(engine, clock)
    engine.dispose()


def fill(tasks: TaskService) -> Any:
    ann = Owner("ann", ZONE)
    tasks.add(ann, "secret one", notes="secret", project="secret")
    tasks.add(ann, "secret two")
    tasks.delete(ann, [2])
    return ann


def test_every_tool_is_tried() -> None:
    tools = TaskTools(lambda: None).all()  # type: ignore[arg-type,return-value]
    assert {tool.name for tool in tools} == set(REACHING)


@pytest.mark.parametrize("name", REACHING)
def test_tool_of_one_user_reaches_nothing_of_another(
    make_relay: Callable[..., Relay],
    gemini: GeminiServer,
    groq: GroqServer,
    store_url: str,
    archive: TaskArchive,
    name: str,
) -> None:
    relay = make_relay(database_url=store_url, **provider_settings(gemini, groq))
    tasks = relay.agent.container.tasks()
    ann = fill(tasks)
    before = archive.everything(ann)
    args, refusal = REACHING[name]
    stolen = {**args, "user_id": "ann"}
    gemini.plays(Answer(calls=((name, stolen), (name, args))), says("Done."))
    reply = relay.say("do it", user="bob")
    assert 'there is no field "user_id"' in reply.tool_calls[0]["result"]
    assert refusal in reply.tool_calls[1]["result"]
    if name != "complete_tasks":  # it echoes the title that the caller sent
        assert "secret" not in reply.tool_calls[1]["result"]
    assert archive.everything(ann) == before


CALLS: dict[str, Callable[[TaskService, Owner], Any]] = {
    "once": lambda tasks, bob: tasks.once(bob, "key", lambda _: "bob's"),
    "result_of": lambda tasks, bob: tasks.result_of(bob, "key"),
    "add": lambda tasks, bob: tasks.add(bob, "secret one"),
    "find": lambda tasks, bob: tasks.find(bob, status="all").tasks,
    "stats": lambda tasks, bob: tasks.stats(bob, "all").open,
    "waiting": lambda tasks, bob: tasks.waiting(bob),
    "named": lambda tasks, bob: tasks.named(bob, [1, 2, "secret one"]),
    "update": lambda tasks, bob: tasks.update(bob, 1, title="stolen"),
    "update_all": lambda tasks, bob: tasks.update_all(bob, [1], title="stolen"),
    "complete": lambda tasks, bob: tasks.complete(bob, [1]),
    "reopen": lambda tasks, bob: tasks.reopen(bob, [2]),
    "delete": lambda tasks, bob: tasks.delete(bob, [1]),
    "undo": lambda tasks, bob: tasks.undo(bob, 3),
}


def test_every_call_of_the_store_needs_a_user_and_is_tried() -> None:
    public = {
        name: function
        for name, function in inspect.getmembers(TaskService, inspect.isfunction)
        if not name.startswith("_")
    }
    assert set(public) == set(CALLS)
    for function in [
        *public.values(),
        *(vars(TaskArchive)[n] for n in ("everything", "purge", "forget")),
    ]:
        assert list(inspect.signature(function).parameters)[1] == "owner"


@pytest.mark.parametrize("name", CALLS)
def test_call_of_one_user_reaches_nothing_of_another(
    make_relay: Callable[..., Relay], store_url: str, archive: TaskArchive, name: str
) -> None:
    from app.errors import TaskRefusal

    relay = make_relay(database_url=store_url)
    tasks = relay.agent.container.tasks()
    ann, bob = fill(tasks), Owner("bob", ZONE)
    tasks.once(ann, "key", lambda _: "ann's secret")
    before = archive.everything(ann)
    try:
        found = str(CALLS[name](tasks, bob))
    except TaskRefusal as refusal:
        found = str(refusal)
    if name != "add":
        assert "secret" not in found
    assert archive.everything(ann) == before
    assert archive.purge(bob) == 0
    archive.forget(bob)
    assert archive.everything(ann) == before
