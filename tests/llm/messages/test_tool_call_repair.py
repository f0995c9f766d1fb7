import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.llm.messages.call_recognition import looks_like_call
from app.llm.messages.tool_call_repair import Repaired, RepairedCall, read_back
from app.llm.wire.head_filter import HeadFilter
from app.tools import arguments as arg
from tests.conftest import ROOT, Relay, provider_settings
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Failure, Stream, says

TOOLS = ("create_tasks", "list_tasks", "complete_tasks", "update_task")
KINDS: dict[str, Any] = {"id": arg.TaskId, "ids": arg.TaskIds, "limit": arg.Offset}
"""How a tool reads the parameters that are no text."""
LINES = (ROOT / "tests" / "data" / "provider_errors.jsonl").read_text().splitlines()
CASES = [case for case in map(json.loads, LINES) if case["provider"] == "groq" and "repair" in case]


def as_tools_read(found: Repaired | None) -> tuple[RepairedCall, ...]:
    """Return the calls with the arguments that the tools make of them."""
    return tuple(
        replace(
            call,
            args={
                name: TypeAdapter(KINDS.get(name, Any)).validate_python(value)
                for name, value in call.args.items()
            },
        )
        for call in (found.calls if found else ())
    )


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_recorded_generation_is_read_back_where_certain(case: dict[str, Any]) -> None:
    text = case["body"]["error"].get("failed_generation") or ""
    found = read_back(text, TOOLS)
    calls = [{"name": call.name, "args": call.args} for call in as_tools_read(found)]
    assert calls == (case["repair"] or [])
    prose = case.get("dialect") == "prose"
    assert (found.text if found else "") == (text if prose else "")


ONE = RepairedCall("complete_tasks", {"ids": [3]})
SPELLINGS = [
    '<function=complete_tasks>{"ids": [3]}</function>',
    '<function=complete_tasks>{"ids": ["3"]}</function>',
    '<function=complete_tasks>{"ids": [3]}<function>',
    '<function=complete_tasks>{"ids": [3]}',
    '<function=complete_tasks {"ids": [3]}</function>',
    '<function=complete_tasks({"ids": [3]})</function>',
    '<function=complete_tasks>{"ids": [3]}}</function>',
    '<function=complete_tasks>{{"ids": [3]}}</function>',
    '<function=functions.complete_tasks>{"ids": [3]}</function>',
    '<function(complete_tasks)>{"ids": [3]}</function>',
    '<function name="complete_tasks">{"ids": [3]}</function>',
    '<tool_call>\n{"name": "complete_tasks", "arguments": {"ids": [3]}}\n</tool_call>',
    '<tool_call>{"name": "complete_tasks", "arguments": {"ids": [3]}}',
    'I will do it. <tool_call>{"name": "complete_tasks", "arguments": {"ids": [3]}}</tool_call>',
    '<|python_tag|>{"name": "complete_tasks", "parameters": {"ids": [3]}}',
    "<|python_tag|>complete_tasks(ids=[3])",
    '```json\n{"name": "complete_tasks", "arguments": {"ids": [3]}}\n```',
    '{"name": "complete_tasks", "arguments": "{\\"ids\\": [3]}"}',
    '{"name": "complete_tasks", "args": {"ids": "[3]"}}',
    '{"tool": "complete_tasks", "input": {"ids": [3]}}',
    '{"type": "function", "function": {"name": "complete_tasks", "arguments": {"ids": [3]}}}',
    '{"tool_calls": [{"function": {"name": "complete_tasks", "arguments": "{\\"ids\\": [3]}"}}]}',
    '[TOOL_CALLS] [{"name": "complete_tasks", "arguments": {"ids": [3]}}]',
    "[complete_tasks(ids=[3])]",
    "functions.complete_tasks(ids=[3])",
    '<|channel|>commentary to=functions.complete_tasks <|constrain|>json<|message|>{"ids": [3]}',
    '{"name": "complete_tasks<|channel|>json", "arguments": {"ids": [3]}}',
    "<tool_call><function=complete_tasks><parameter=ids>[3]</parameter></function></tool_call>",
    "<\uff5ctool\u2581call\u2581begin\uff5c>function<\uff5ctool\u2581sep\uff5c>complete_tasks\n"
    '```json\n{"ids": [3]}\n```<\uff5ctool\u2581call\u2581end\uff5c>',
    '{"name": "complete_tasks", "arguments": {"ids": [3]}',
    '{"name": "complete_tasks", "arguments": {"ids": [3]"}}',
    "```tool_code\nprint(default_api.complete_tasks(ids=[3]))\n```",
    "tool_code\nprint(default_api.complete_tasks(ids=[3]))",
    "```tool_code\ndefault_api.complete_tasks(ids=[3])\n```",
    "print(functions.complete_tasks(ids=[3]))",
    '<invoke name="complete_tasks"><parameter name="ids">[3]</parameter></invoke>',
    '<function_calls>\n<invoke name="complete_tasks">\n<parameter name="ids">[3]</parameter>\n'
    "</invoke>\n</function_calls>",
    "<tool_call>complete_tasks\n<arg_key>ids</arg_key>\n<arg_value>[3]</arg_value>\n</tool_call>",
    '<tool_call>complete_tasks{"ids": [3]}</tool_call>',
    "<|tool_calls_section_begin|><|tool_call_begin|>functions.complete_tasks:0"
    '<|tool_call_argument_begin|>{"ids": [3]}<|tool_call_end|><|tool_calls_section_end|>',
    '[TOOL_CALLS]complete_tasks[ARGS]{"ids": [3]}',
    '[TOOL_CALLS]complete_tasks{"ids": [3]}',
    "<start_function_call>call:complete_tasks{ids:[3]}<end_function_call>",
    '<|tool_call>call:complete_tasks{ids:<|"|>[3]<|"|>}<tool_call|>',
    'commentary to=functions.complete_tasks json{"ids": [3]}',
    'assistantcommentary to=functions.complete_tasks {"ids": [3]}',
    "<|start|>assistant to=functions.complete_tasks<|channel|>commentary json"
    '<|message|>{"ids": [3]}<|call|>',
    '{"tool_name": "complete_tasks", "parameters": {"ids": [3]}}',
    '{"action": "complete_tasks", "action_input": {"ids": [3]}}',
    '{"recipient_name": "functions.complete_tasks", "parameters": {"ids": [3]}}',
    '{"tool_uses": [{"recipient_name": "functions.complete_tasks", "parameters": {"ids": [3]}}]}',
    '{"function_call": {"name": "complete_tasks", "arguments": "{\\"ids\\": [3]}"}}',
    '{"name": "complete_tasks:0", "arguments": {"ids": [3]}}',
    '<|START_ACTION|>[{"tool_name": "complete_tasks", "parameters": {"ids": [3]}}]<|END_ACTION|>',
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_spelling_is_read(text: str) -> None:
    assert as_tools_read(read_back(text, TOOLS)) == (ONE,)


def test_several_calls_are_read_in_order() -> None:
    text = (
        '{"name": "list_tasks", "arguments": {"limit": "5"}}; '
        '{"name": "complete_tasks", "arguments": {"ids": [3]}}'
    )
    read = as_tools_read(read_back(text, TOOLS))
    assert read == (RepairedCall("list_tasks", {"limit": 5}), ONE)


NOT_CERTAIN = [
    "",
    '<function=complete_task>{"ids": [3]}</function>',
    '<function=os.system>{"ids": [3]}</function>',
    '{"name": "Complete_Tasks", "arguments": {"ids": [3]}}',
    '{"name": "complete_tasks"}',
    '{"name": "complete_tasks", "arguments": {"ids": [3',
    '{"name": "complete_tasks", "arguments": {"ids": [3]',
    '{"name": "complete_tasks", "arguments": [3]}',
    "<function=complete_tasks>",
    "<function=complete_tasks><parameter=ids>[3]</parameter>",
    "complete_tasks(3)",
    "complete_tasks(ids=[x])",
    "complete_tasks(ids=__import__('os').getpid())",
    "print(default_api.complete_tasks(ids=[3]",
    '{"name": "complete_tasks", "arguments": {"ids": [3]}} {"name": "rm", "arguments": {}}',
    '[{"name": "complete_tasks", "arguments": {"ids": [3]}}, "and more"]',
    '{"titles": ["Milk"]}',
    '{"name": "complete_tasks", "description": "d", "parameters": {"ids": [3]}}',
    '{"name": "complete_tasks", "arguments": "{\\"ids\\": {\\"a\\": 1}"}',
    "<tool_call>complete_tasks\n<arg_key>ids</arg_key>\n<arg_value>[3",
    '<invoke name="complete_tasks"><parameter name="ids">[3]</parameter>',
    "<start_function_call>call:complete_tasks{ids:[3]}",
    "print(default_api.complete_tasks(ids=[3]), 1)",
    "x = default_api.complete_tasks(ids=[3])",
    '<|channel|>commentary to=functions.complete_tasks<|message|>{"ids": [3',
]


@pytest.mark.parametrize("text", NOT_CERTAIN)
def test_what_is_not_certain_is_left(text: str) -> None:
    assert read_back(text, TOOLS) is None


def as_text(case: dict[str, Any]) -> str:
    return case["body"]["error"].get("failed_generation") or ""


@pytest.mark.parametrize(
    "text",
    [
        *SPELLINGS[:13],
        *SPELLINGS[14:],
        *(as_text(case) for case in CASES if as_text(case) and case.get("dialect") != "prose"),
        *(text for text in NOT_CERTAIN if text.startswith(("<", '{"name": "Com', "print(def"))),
        '{"name": "complete_tasks", "arguments": {"ids": [3',
        '<tool_call>\n{"name": "comp',
        "<tool_call>",
        "[list_tasks(), complete_tasks(ids=[3])]",
    ],
)
def test_call_that_came_as_text_is_known_for_one_and_never_shown(text: str) -> None:
    assert looks_like_call(text)
    head = HeadFilter()
    assert not any(map(head.feed, text))
    assert looks_like_call(head.end())
    found = read_back(text, TOOLS)
    assert found is None or found.calls


PROSE = [
    "All good",
    "",
    "[ ] Milk\n[x] Bread",
    "[1] Milk",
    "[]",
    "{}",
    "[Milk](https://example.com)",
    '{"tasks": ["Milk", "Bread"]}',
    '[{"title": "Milk", "due": null}]',
    '{"name": "Milk", "priority": "high"}',
    '{"name": "Buy milk", "arguments": {}}',
    '{"name": "milk", "input": "text"}',
    '{"name": "list_tasks", "description": "Lists.", "parameters": {"type": "object"}}',
    '{"name": "list_tasks"',
    '```json\n{"tasks": []}\n```',
    "```python\nprint('x')\n```",
    "```bash\nls\n```",
    "<tool_call> is the tag that a model writes",
    "<tools> and <function> are tags",
    "<|im_start|> begins a message",
    "list_tasks(status='open') lists them",
    "functions are first-class",
    "tool_code is a word",
    'I used <tool_call>{"name": "list_tasks", "arguments": {}}</tool_call> for it.',
    'Let me see. {"name": "list_tasks", "arguments": {}}',
    "[see below](x) and [f(x)]",
    '[{"name": "list_tasks", "arguments": {}}, "and more"]',
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_and_json_that_is_no_call_is_shown(text: str) -> None:
    assert not looks_like_call(text)


@given(st.text(st.sampled_from("{}[]\"'<>=:,()/|_ \nnametoolcargumis"), max_size=60))
def test_no_text_counts_as_a_call_and_as_prose(text: str) -> None:
    found = read_back(text, TOOLS)
    assert not looks_like_call(text) or found is None or found.calls


@given(st.sampled_from(SPELLINGS), st.data())
def test_call_that_was_cut_is_lost_or_whole_but_never_another(text: str, data: Any) -> None:
    cut = text[: data.draw(st.integers(0, len(text)))]
    found = read_back(cut, TOOLS)
    assert as_tools_read(found) in ((), (ONE,))


@settings(max_examples=300)
@given(st.text(st.sampled_from("{}[]\"'<>=:,()/|_ \nabcdefunctio3listak"), max_size=60))
def test_no_text_raises_or_names_an_undeclared_tool(text: str) -> None:
    found = read_back(text, TOOLS)
    assert found is None or all(call.name in TOOLS for call in found.calls)


def test_long_nonsense_is_read_quickly() -> None:
    for text in (
        "<function=" * 2000,
        "{" * 20_000,
        "[[" * 9000,
        "<parameter=a>" * 1500,
        "to=a " * 4000,
    ):
        found = read_back(text, TOOLS)
        assert found is None or found.calls == ()


def rejected(generation: str) -> Failure:
    return groq_api.error(
        400, "Failed to call a function.", "tool_use_failed", failed_generation=generation
    )


def test_rejected_call_is_repaired_and_run_once(
    make_relay: Any, gemini: GeminiServer, groq: GroqServer
) -> None:
    relay: Relay = make_relay(primary_llm="groq", **provider_settings(gemini, groq))
    groq.plays(rejected('<function=add_task>{"title": "Buy milk"}</function>'), says("Added #1."))
    reply = relay.say("Add milk")
    assert [c["result"] for c in reply.tool_calls] == ["Added #1 Buy milk"]
    assert [(a["provider"], a["outcome"], a["kind"]) for a in reply.attempts] == [
        ("groq", "repaired", "tool_use_failed"),
        ("groq", "answered", None),
    ]
    assert gemini.calls == 0


def test_prose_of_a_rejected_call_is_the_answer(
    make_relay: Any, gemini: GeminiServer, groq: GroqServer
) -> None:
    relay: Relay = make_relay(primary_llm="groq", **provider_settings(gemini, groq))
    groq.plays(rejected("You have two open tasks."))
    reply = relay.say("What is open?")
    assert (reply.ok, reply.provider, reply.reply) == (True, "groq", "You have two open tasks.")


@pytest.mark.parametrize("second", ["good", "bad"])
def test_call_that_cannot_be_read_is_asked_for_once_more_with_a_hint_then_the_next_model(
    make_relay: Any, gemini: GeminiServer, groq: GroqServer, second: str
) -> None:
    relay: Relay = make_relay(primary_llm="groq", **provider_settings(gemini, groq))
    bad = rejected('{"name": "nonsense", "arguments": {}}')
    groq.plays(bad, says("Here.") if second == "good" else bad)
    reply = relay.say("Hello")
    assert "Your tool call was rejected" in str(groq.requests[1]["body"]["messages"][-1])
    outcomes = [(a["provider"], a["outcome"]) for a in reply.attempts]
    tail = (
        [("groq", "answered")] if second == "good" else [("groq", "failed"), ("gemini", "answered")]
    )
    assert outcomes == [("groq", "retried"), *tail]
    assert groq.calls == 2


def test_rejection_inside_a_stream_is_repaired_too(
    make_relay: Any, gemini: GeminiServer, groq: GroqServer
) -> None:
    relay: Relay = make_relay(primary_llm="groq", **provider_settings(gemini, groq))
    error = rejected('{"name": "add_task", "arguments": {"title": "x"}}').body["error"]
    frame = json.dumps({"error": error | {"status_code": 400}})
    groq.plays(Stream(f"event: error\ndata: {frame}\n\n".encode()), says("Added."))
    assert [c["result"] for c in relay.say("Add x").tool_calls] == ["Added #1 x"]
    assert "x" not in [line for line in relay.log_lines() if "generation" in line]
