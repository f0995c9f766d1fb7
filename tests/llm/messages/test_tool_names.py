"""Names of tools, as models write them and as they are kept."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from app.llm.messages import without_thoughts
from app.llm.messages.framing import SIGNATURES
from app.llm.messages.tool_names import sent_name, unwrapped
from tests.conftest import Relay, provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer, event
from tests.fakes.steps import Stream, says

TOOLS = ("list_tasks", "add_task", "call")

WRAPPED = [
    "list_tasks",
    "functions.list_tasks",
    "function.list_tasks",
    "tools.list_tasks",
    "default_api.list_tasks",
    "default_api:list_tasks",
    "functions:list_tasks",
    "functions/list_tasks",
    "functions.functions.list_tasks",
    "default_api.functions.list_tasks",
    "list_tasks:0",
    "functions.list_tasks:12",
    "list_tasks()",
    ' "list_tasks" ',
    "`list_tasks`",
    "list_tasks<|channel|>commentary",
    "list_tasks<|channel|>",
    "list_tasks<|constrain|>json",
    "functions.list_tasks<|channel|>json",
    "<|channel|>commentary to=functions.list_tasks <|constrain|>json",
    "<|constrain|>list_tasks",
    "assistant<|channel|>commentary to=functions.list_tasks",
    "to=functions.list_tasks",
    "commentary to=list_tasks code",
    "<function=list_tasks>",
    "<tool_call>list_tasks",
    "list_tasks</tool_call>",
    "function<\uff5ctool\u2581sep\uff5c>list_tasks",
    "list_tasks\n",
]


@pytest.mark.parametrize("name", WRAPPED)
def test_wrapping_comes_off(name: str) -> None:
    assert unwrapped(name, TOOLS) == "list_tasks"


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "functions.", "functions", "<|channel|>commentary", "0"),
        *("List_Tasks", "list_task", "listtasks", "list tasks", "rm.list_tasks", "os.system"),
        *("list_tasks.add_task", "functions.list_tasks add_task", "list_tasks_0", "json"),
        "list_tasks" * 100,
    ],
)
def test_no_name_is_guessed(name: str) -> None:
    assert unwrapped(name, TOOLS) is None


def test_tool_that_is_called_like_a_wrapping_is_found() -> None:
    assert unwrapped("functions.call", TOOLS) == "call"


@given(st.text(max_size=40), st.sampled_from(TOOLS))
def test_any_name_is_a_declared_one_or_none_and_can_be_sent(name: str, tool: str) -> None:
    assert unwrapped(name, TOOLS) in (*TOOLS, None)
    assert unwrapped(name + tool, TOOLS) in (tool, None)
    sent = sent_name(name)
    assert sent == "" if not name.strip() else sent_name(sent) == sent


def groq_calls(*names: str, arguments: str = "{}") -> Stream:
    found = [
        {"index": n, "id": f"c{n}", "type": "function", "function": {"name": name}}
        for n, name in enumerate(names)
    ]
    for each in found:
        each["function"]["arguments"] = arguments  # type: ignore[index]
    model = "openai/gpt-oss-20b"
    return Stream(event(model, {"tool_calls": found}) + event(model, {}, "tool_calls"))


def gemini_calls(*names: str) -> Stream:
    parts = [{"functionCall": {"name": name, "args": {}}} for name in names]
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}
    return Stream(b"data: " + json.dumps({"candidates": [candidate]}).encode() + b"\r\n\r\n")


@pytest.mark.parametrize("primary", ["gemini", "groq"])
def test_call_under_a_wrapped_name_runs_under_its_own(
    make_relay: Any, gemini: GeminiServer, groq: GroqServer, primary: str
) -> None:
    relay: Relay = make_relay(primary_llm=primary, **provider_settings(gemini, groq))
    server, calling = (gemini, gemini_calls) if primary == "gemini" else (groq, groq_calls)
    server.plays(calling("functions.list_tasks", "list_tasks:1"), says("Nothing."))
    reply = relay.say("What is open?")
    assert [call["name"] for call in reply.tool_calls] == ["list_tasks"] * 2
    assert [(a["provider"], a["outcome"], a["kind"]) for a in reply.attempts] == [
        (primary, "repaired", "tool_use_failed"),
        (primary, "answered", None),
    ]
    assert "functions.list_tasks" not in str(server.requests[-1]["body"])


@pytest.mark.parametrize("primary", ["gemini", "groq"])
def test_tool_that_does_not_exist_is_asked_about_once_then_the_next_model_answers(
    make_relay: Any, gemini: GeminiServer, groq: GroqServer, primary: str
) -> None:
    relay: Relay = make_relay(primary_llm=primary, **provider_settings(gemini, groq))
    server, calling = (gemini, gemini_calls) if primary == "gemini" else (groq, groq_calls)
    server.plays(calling("list_tasks", "open_browser"))
    reply = relay.say("What is open?")
    assert (reply.reply, reply.tool_calls) == ("Hello! How can I help?", ())
    assert [(a["provider"], a["outcome"], a["kind"]) for a in reply.attempts] == [
        (primary, "retried", "tool_use_failed"),
        (primary, "failed", "tool_use_failed"),
        ({"gemini": "groq", "groq": "gemini"}[primary], "answered", None),
    ]
    assert 'no tool "open_browser"' in str(server.requests[-1]["body"])


def test_thoughts_and_raw_calls_are_not_kept_but_signatures_are() -> None:
    answer = AIMessage(
        [
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "reasoning", "reasoning": "hm"},
            {"type": "text", "text": "All good", "extras": {"signature": "s"}},
            {"type": "tool_use", "id": "1", "name": "x", "input": {}},
            "!",
        ],
        additional_kwargs={
            "reasoning_content": "hm",
            "function_call": {"name": "functions.x", "arguments": "{}"},
            SIGNATURES: {"1": "s"},
        },
        id="run-1",
    )
    kept = without_thoughts(answer)
    assert kept.content == [answer.content[2], "!"]
    assert (kept.text, kept.id) == ("All good!", "run-1")
    assert kept.additional_kwargs == {SIGNATURES: {"1": "s"}}
