"""The task tools in programs and agents of hosts."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import BaseTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

from app import InputError, Settings, task_tools
from app.runtime import close_container, shared_container
from app.tools import Context, HostTools
from tests.fakes.scripted_model import ScriptedModel, calling

THREAD: Any = {"configurable": {"thread_id": "t"}}
MILK = ("1", "add_task", {"title": "milk"})
EGGS = ("1", "add_task", {"title": "eggs"})
"""Two calls to which a provider gave the same id."""


@pytest.fixture
def settings(data_dir: Path, lay_stores: Callable[..., Path]) -> Iterator[Settings]:
    """The settings of a program without any model of ours."""
    lay_stores(data_dir)
    made = Settings(data_dir=data_dir, timezone="UTC", user="somebody")
    yield made
    close_container(shared_container(made))


@pytest.fixture
def tools(settings: Settings) -> dict[str, BaseTool]:
    return by_name(task_tools(settings, "ann"))


def by_name(tools: list[BaseTool]) -> dict[str, BaseTool]:
    return {tool.name: tool for tool in tools}


def titles(settings: Settings, user: str = "ann") -> list[str]:
    listed = str(by_name(task_tools(settings, user))["list_tasks"].invoke({}))
    return [line.split(" ", 1)[1] for line in listed.splitlines() if line.startswith("#")]


def results(answer: dict[str, Any]) -> list[tuple[str, str]]:
    found = [message for message in answer["messages"] if isinstance(message, ToolMessage)]
    return [(message.status, message.text) for message in found]


def test_tools_work_anywhere(tools: dict[str, BaseTool], settings: Settings) -> None:
    assert tools["add_task"].invoke({"title": "bread"}).startswith("<data>Added #1 bread")
    eggs = asyncio.run(tools["add_task"].ainvoke({"title": "eggs"}))
    assert eggs.startswith("<data>Added #2 eggs")
    message = tools["add_task"].invoke(
        {"type": "tool_call", "id": "c", "name": "add_task", "args": {"title": "jam"}}
    )
    assert (message.status, message.tool_call_id) == ("success", "c")
    graph = StateGraph(MessagesState).add_node("tools", ToolNode(list(tools.values())))
    node = graph.set_entry_point("tools").compile()
    assert results(node.invoke({"messages": [calling(MILK)]}))[0][0] == "success"
    agent: Any = create_agent(
        ScriptedModel(script=[calling(("1", "add_task", {"title": "tea"})), AIMessage("Done.")]),
        list(tools.values()),
    )
    asyncio.run(agent.ainvoke({"messages": [("user", "tea please")]}))
    assert titles(settings) == ["bread", "eggs", "jam", "milk", "tea"]


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a due that can't be read": ("add_task", {"title": "x", "due": "blursday"}, "blursday"),
    "a repeat that can't be read": ("add_task", {"title": "x", "repeat": "now and then"}, "repeat"),
    "an empty title": ("add_task", {"title": " "}, "title"),
    "no title": ("add_task", {}, "add_task: title is missing, send text."),
    "a span that can't be read": ("list_tasks", {"when": "A..B"}, "A..B"),
    "a wrong type": (
        "complete_tasks",
        {"task_ids": {"a": 1}},
        "complete_tasks: task_ids must be a list of whole numbers.",
    ),
    "two wrong types": (
        "update_task",
        {"task_ids": {}, "title": []},
        "update_task: task_ids must be a list of whole numbers; title must be text.",
    ),
    "an unknown task": ("update_task", {"task_id": 99, "title": "x"}, "#99"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refusal_is_an_error_that_the_agent_goes_on_from(
    tools: dict[str, BaseTool], settings: Settings, what: str
) -> None:
    name, args, words = REFUSED[what]
    agent: Any = create_agent(
        ScriptedModel(script=[calling(("1", name, args)), AIMessage("Sorry.")]),
        list(tools.values()),
    )
    answer = agent.invoke({"messages": [("user", "go")]})
    ((status, text),) = results(answer)
    assert status == "error"
    assert words in text
    assert "pydantic" not in text
    assert len(text.splitlines()) == 1
    assert answer["messages"][-1].text == "Sorry."
    assert titles(settings) == []


def test_some_unknown_tasks_among_several_are_told_in_the_result(
    tools: dict[str, BaseTool],
) -> None:
    tools["add_task"].invoke({"title": "milk"})
    done = tools["complete_tasks"].invoke({"task_ids": [1, 99]})
    assert "milk" in done
    assert "99" in done


def test_defect_of_ours_is_raised() -> None:
    broken: Any = HostTools(lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    with pytest.raises(ZeroDivisionError):
        by_name(broken.all())["list_tasks"].invoke({})


def test_model_is_offered_no_field_of_ours(settings: Settings) -> None:
    for tool in task_tools(settings):
        schema: Any = tool.tool_call_schema
        assert not {"user_id", "runtime", "config"} & set(schema.model_json_schema()["properties"])


WHO: dict[str, tuple[str | None, dict[str, Any], str]] = {
    "the host": ("host's", {"configurable": {"user_id": "run's"}}, "host's"),
    "the run": (None, {"configurable": {"user_id": "run's"}}, "run's"),
    "the context": (
        None,
        {"configurable": {"user_id": "run's"}, "context": "context's"},
        "context's",
    ),
    "the settings": (None, {}, "somebody"),
}


@pytest.mark.parametrize("who", WHO)
def test_user_is_named_by(settings: Settings, who: str) -> None:
    host, said, user = WHO[who]
    run: Any = dict(said)
    context = Context(user_id=run.pop("context")) if "context" in run else None
    agent: Any = create_agent(
        ScriptedModel(script=[calling(MILK), AIMessage("Done.")]),
        task_tools(settings, host),
        context_schema=Context,
    )
    agent.invoke({"messages": [("user", "milk")]}, run, context=context)
    assert titles(settings, user) == ["milk"]


def test_run_that_names_its_user_needs_no_graph(settings: Settings) -> None:
    add = by_name(task_tools(settings))["add_task"]
    add.invoke({"title": "milk"}, {"configurable": {"user_id": 7}})
    assert titles(settings, "7") == ["milk"]


def test_user_that_can_t_be_one_is_refused_at_once(settings: Settings) -> None:
    with pytest.raises(InputError):
        task_tools(settings, "two\nlines")


def test_call_is_carried_out_once_however_often_its_step_runs(
    tools: dict[str, BaseTool], settings: Settings
) -> None:
    agent: Any = create_agent(
        ScriptedModel(script=[calling(MILK, EGGS), AIMessage("Done."), AIMessage("Again.")]),
        list(tools.values()),
        checkpointer=InMemorySaver(),
    )
    agent.invoke({"messages": [("user", "milk and eggs")]}, THREAD)
    before = next(one for one in agent.get_state_history(THREAD) if one.next == ("tools",) * 2)
    agent.invoke(None, before.config)
    assert sorted(titles(settings)) == ["eggs", "milk"]


def test_id_that_a_provider_uses_again_is_a_new_call(
    tools: dict[str, BaseTool], settings: Settings
) -> None:
    agent: Any = create_agent(
        ScriptedModel(script=[calling(MILK), calling(EGGS), AIMessage("Done.")]),
        list(tools.values()),
        checkpointer=InMemorySaver(),
    )
    agent.invoke({"messages": [("user", "milk, then eggs")]}, THREAD)
    assert titles(settings) == ["milk", "eggs"]
