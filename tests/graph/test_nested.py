"""The graph as a part of a host's: whose words are whose, what is sent, and what is asked."""

from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command

from app import Settings, build_graph, task_tools
from app.runtime import close_container, shared_container
from app.tasks import Owner
from tests.conftest import provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.scripted_model import ScriptedModel, calling
from tests.fakes.steps import calls, says

UTC = ZoneInfo("UTC")
Step = Any


@pytest.fixture
def settings(
    gemini: GeminiServer, groq: GroqServer, data_dir: Path, lay_stores: Callable[..., Path]
) -> Iterator[Settings]:
    lay_stores(data_dir)
    given: Any = provider_settings(gemini, groq)
    made = Settings(**given, data_dir=data_dir, timezone="UTC", history_window=3)
    yield made
    close_container(shared_container(made))


def room(settings: Settings, *before: tuple[str, Step], **more: Any) -> Any:
    """Return a host's graph: steps of its own, and then our graph as a node."""
    graph = StateGraph(MessagesState)
    last = START
    for name, step in before:
        graph.add_node(name, step)
        graph.add_edge(last, name)
        last = name
    graph.add_node("relay", build_graph(settings, **more))
    graph.add_edge(last, "relay")
    return graph.compile(checkpointer=InMemorySaver())


def of(user: str, thread: str = "room") -> Any:
    return {"configurable": {"thread_id": thread, "user_id": user}}


def filed(settings: Settings, user: str) -> list[str]:
    entries = shared_container(settings).transcript().all_of(user)
    return [entry.message.text for entry in entries if entry.message.text]


def hands_over(state: MessagesState) -> Any:
    """Do what supervisors do: a call of theirs, and its result, behind the person's words."""
    call: Any = {"name": "transfer_to_tasks", "args": {}, "id": "1"}
    told = "Successfully transferred to tasks"
    return {
        "messages": [
            AIMessage("", name="supervisor", tool_calls=[call]),
            ToolMessage(told, name="transfer_to_tasks", tool_call_id="1"),
        ]
    }


def speaks(state: MessagesState) -> Any:
    return {"messages": [AIMessage("Tasks should see to this.", name="researcher")]}


def tells_as_a_person(state: MessagesState) -> Any:
    words = [AIMessage("Passing it on.", name="boss"), HumanMessage("list", name="boss")]
    return {"messages": words}


def test_history_holds_what_its_user_asked_us_and_what_we_answered(
    settings: Settings, gemini: GeminiServer
) -> None:
    gemini.plays(calls("add_task", title="x"), says("Added."), says("Hi Bob."))
    host = room(settings, ("researcher", speaks), ("supervisor", hands_over))
    said = [("system", "HOST PROMPT top secret"), ("user", "my pin is 4711")]
    host.invoke({"messages": said}, of("alice"))
    host.invoke({"messages": [("user", "hello")]}, of("bob"))
    assert filed(settings, "alice") == ["my pin is 4711", "Added #1 x", "Added."]
    assert filed(settings, "bob") == ["hello", "Hi Bob."]


def test_what_is_sent_is_bounded_and_the_host_s_thread_stays_whole(
    settings: Settings, gemini: GeminiServer
) -> None:
    host = room(settings)
    prompt: list[Any] = [SystemMessage("Speak like a pirate.")]
    for number in range(8):
        state = host.invoke({"messages": [*prompt, ("user", f"m{number}")]}, of("ann"))
        prompt = []
    sent = gemini.requests[-1]["body"]
    asked = [c["parts"][0]["text"] for c in sent["contents"] if c["role"] == "user"]
    assert asked == ["m4", "m5", "m6", "m7"]
    assert "pirate" in str(sent["systemInstruction"])
    assert len(state["messages"]) == 17


HANDED: dict[str, list[tuple[str, Step]]] = {
    "directly": [],
    "by a supervisor": [("supervisor", hands_over)],
    "after another agent": [("researcher", speaks)],
    "after both": [("researcher", speaks), ("supervisor", hands_over)],
}


@pytest.mark.parametrize("how", HANDED)
def test_request_that_is_handed_over_is_done_without_any_model(
    settings: Settings, gemini: GeminiServer, groq: GroqServer, how: str
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    host = room(settings, *HANDED[how])
    state = host.invoke({"messages": [("user", "add buy milk")]}, of("ann"))
    assert state["messages"][-1].text.endswith("Added #1 buy milk")
    assert filed(settings, "ann")[0] == "add buy milk"


def test_what_was_answered_is_not_done_again_when_it_is_handed_over_once_more(
    settings: Settings, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    host = room(settings, ("supervisor", hands_over))
    host.invoke({"messages": [("user", "add buy milk")]}, of("ann"))
    again = host.invoke({"messages": []}, of("ann"))
    assert again["messages"][-1].text.endswith("Nothing new was asked.")
    listed = host.invoke({"messages": [("user", "list")]}, of("ann"))
    assert listed["messages"][-1].text.count("buy milk") == 1


def test_agent_that_speaks_as_a_person_is_not_taken_for_the_user(
    settings: Settings, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    host = room(settings, ("boss", tells_as_a_person))
    state = host.invoke({"messages": [("user", "add buy milk")]}, of("ann"))
    assert state["messages"][-1].text.endswith("Added #1 buy milk")
    assert "list" not in filed(settings, "ann")


def test_answers_carry_the_name_that_the_host_gave(
    settings: Settings, gemini: GeminiServer
) -> None:
    work, home = build_graph(settings, name="work"), build_graph(settings, name="home")
    assert (work.name, home.name, build_graph(settings).name) == ("work", "home", "task_relay")
    both = StateGraph(MessagesState).add_node("work", work).add_node("home", home)
    host: Any = both.add_edge(START, "work").add_edge("work", "home").compile()
    gemini.plays(calls("list_tasks"), says("From work."), says("From home."))
    messages: list[AnyMessage] = host.invoke({"messages": [("user", "hi")]})["messages"]
    assert [m.name for m in messages if isinstance(m, AIMessage)] == ["work", "work", "home"]
    assert messages[-1].text == "From home."


def test_graph_is_a_tool_that_takes_a_request_in_words(
    settings: Settings, gemini: GeminiServer
) -> None:
    gemini.plays(calls("add_task", title="milk"), says("Added milk."))
    tool = build_graph(settings).as_tool()
    schema: Any = tool.tool_call_schema
    assert (tool.name, set(schema.model_json_schema()["properties"])) == ("task_relay", {"request"})
    script = [calling(("1", "task_relay", {"request": "add milk"})), AIMessage("Done.")]
    host: Any = create_agent(ScriptedModel(script=script), [tool], checkpointer=InMemorySaver())
    state = host.invoke({"messages": [("user", "milk, please")]}, of("ann"))
    assert [m.text for m in state["messages"] if isinstance(m, ToolMessage)] == ["Added milk."]
    assert shared_container(settings).tasks().find(Owner("ann", UTC)).tasks[0].title == "milk"


def test_large_change_of_the_tool_waits_for_the_host_s_person(
    settings: Settings, gemini: GeminiServer
) -> None:
    many = [(f"{n}", "add_task", {"title": f"t{n}"}) for n in range(6)]
    adding: Any = create_agent(
        ScriptedModel(script=[calling(*many), AIMessage("Done.")]), task_tools(settings, "ann")
    )
    adding.invoke({"messages": [("user", "go")]})
    gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3, 4, 5, 6]), says("All gone."))
    script = [calling(("1", "tasks", {"request": "delete all"})), AIMessage("Done.")]
    tool = build_graph(settings).as_tool(name="tasks")
    host: Any = create_agent(ScriptedModel(script=script), [tool], checkpointer=InMemorySaver())
    (question,) = host.invoke({"messages": [("user", "clear it")]}, of("ann"))["__interrupt__"]
    assert question.value["action_requests"][0]["name"] == "delete_tasks"
    state = host.invoke(Command(resume={"decisions": [{"type": "approve"}]}), of("ann"))
    assert [m.text for m in state["messages"] if isinstance(m, ToolMessage)] == ["All gone."]
    assert shared_container(settings).tasks().find(Owner("ann", UTC)).tasks == ()


def test_graph_s_class_outlives_what_langgraph_makes_of_it(settings: Settings) -> None:
    graph = build_graph(settings)
    for other in (graph.copy(), graph.with_config(tags=["x"]), copy(graph)):
        assert type(other) is type(graph)
        assert other.as_tool().name == "task_relay"
