"""Play calls and thoughts that came in the wrong place to the whole program, by both providers."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer, event
from tests.llm.wire.lines import lines, stage

MODEL = "openai/gpt-oss-20b"
SHARED = [one for one in lines("wire_failures.jsonl") if one["root"] in ("R3", "R5")]


def text_of(provider: str, *pieces: str) -> str:
    """Return the stream of a provider that says these pieces and stops."""
    if provider == "groq":
        events = [event(MODEL, {"content": piece}) for piece in pieces]
        return b"".join([*events, event(MODEL, {}, "stop"), b"data: [DONE]\n\n"]).decode()
    frames: list[dict[str, Any]] = [
        {"content": {"role": "model", "parts": [{"text": piece}]}} for piece in pieces
    ]
    frames.append({"content": {"role": "model", "parts": [{"text": ""}]}, "finishReason": "STOP"})
    return "".join(f"data: {json.dumps({'candidates': [one]})}\r\n\r\n" for one in frames)


LIST: Any = [{"name": "list_tasks", "args": {"when": "today"}}]
CALLS = [
    '<tool_call>\n{"name": "list_tasks", "arguments": {"when": "today"}}\n</tool_call>',
    '<tool_call>{"name": "functions.list_tasks", "arguments": {"when": "today"}}',
    '{"name": "list_tasks", "parameters": {"when": "today"}}',
    '```json\n{"name": "list_tasks", "arguments": {"when": "today"}}\n```',
    '<function=list_tasks>{"when": "today"}</function>',
    "<tool_call>\n<function=list_tasks>\n<parameter=when>\ntoday\n</parameter>\n</function>\n</tool_call>",
    "```tool_code\nprint(default_api.list_tasks(when='today'))\n```",
    "tool_code\nprint(default_api.list_tasks(when='today'))",
    "[list_tasks(when='today')]",
    '[TOOL_CALLS][{"name": "list_tasks", "arguments": {"when": "today"}}]',
    '<|python_tag|>{"name": "list_tasks", "parameters": {"when": "today"}}',
    "<|channel|>commentary to=functions.list_tasks <|constrain|>json<|message|>"
    '{"when": "today"}<|call|>',
    "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary "
    'to=functions.list_tasks<|message|>{"when": "today"}<|call|>',
    '<think>I list them.</think>\n<tool_call>{"name": "list_tasks", "arguments": {"when": "today"}}'
    "</tool_call><|im_end|>",
    "<\uff5ctool\u2581calls\u2581begin\uff5c><\uff5ctool\u2581call\u2581begin\uff5c>function"
    '<\uff5ctool\u2581sep\uff5c>list_tasks\n```json\n{"when": "today"}\n```'
    "<\uff5ctool\u2581call\u2581end\uff5c><\uff5ctool\u2581calls\u2581end\uff5c>",
]
LOST = [
    '<tool_call>{"name": "list_tasks", "argum',
    '{"name": "list_tasks", "arguments": {"when": "tod',
    '{"name": "open_browser", "arguments": {}}',
    "<tool_call>",
    "<think>only thoughts</think>",
    "<think>thoughts without an end",
    "<|channel|>analysis<|message|>only thoughts<|end|>",
    "[THINK]only thoughts[/THINK]\n",
    "```tool_code\nprint(default_api.open_browser())\n```",
]
SHOWN = {
    "<think>\nsecret plan\n</think>\n\nAll good": "All good",
    "<thinking>secret</thinking>All good": "All good",
    "[THINK]secret[/THINK]All good": "All good",
    "<|channel|>analysis<|message|>secret<|end|><|start|>assistant<|channel|>final<|message|>"
    "All good<|return|>": "All good",
    "<|begin_of_thought|>secret<|end_of_thought|>All good": "All good",
    "All good<|im_end|>": "All good",
    "Use <b> and </b>.": "Use <b> and </b>.",
    '{"tasks": ["Milk"]}': '{"tasks": ["Milk"]}',
    "```json\n[1, 2]\n```": "```json\n[1, 2]\n```",
    '{"name": "Milk", "priority": "high"}': '{"name": "Milk", "priority": "high"}',
    "[ ] Milk\n[x] Bread": "[ ] Milk\n[x] Bread",
    "< 5 are open": "< 5 are open",
}


def case(provider: str, raw: str, **more: Any) -> dict[str, Any]:
    """Make a line in the form of the shared ones."""
    about = {"provider": provider, "status": 200, "headers": {}, "body": "", "stream": True}
    return about | {"raw": raw} | more


def own_cases() -> list[dict[str, Any]]:
    """Make the lines of this file: whole by one provider, in pieces by the other."""
    made: list[dict[str, Any]] = []
    failed = {"expect": "tool_use_failed"}
    for number, text in enumerate(CALLS):
        whole, other = ("groq", "gemini") if number % 2 else ("gemini", "groq")
        pieces = [text[n : n + 3] for n in range(0, len(text), 3)]
        for raw, provider in ((text_of(whole, text), whole), (text_of(other, *pieces), other)):
            made.append(case(provider, raw, **failed, goes_over=False, repair=LIST))
    for number, text in enumerate(LOST):
        provider = ("groq", "gemini")[number % 2]
        kind = "malformed_response" if "though" in text else "tool_use_failed"
        made.append(case(provider, text_of(provider, text), expect=kind, goes_over=True))
    for number, (text, shown) in enumerate(SHOWN.items()):
        provider = ("groq", "gemini")[number % 2]
        raw = text_of(provider, text[:7], text[7:])
        made.append(case(provider, raw, expect=None, goes_over=False, shown=shown))
    return [one | {"id": f"own-{number}"} for number, one in enumerate(made)]


@pytest.mark.parametrize("each", [4, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("first", ["gemini", "groq"])
def test_person_gets_what_was_meant_and_never_markup(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, first: str, each: int
) -> None:
    servers = {"gemini": gemini, "groq": groq}
    played = stage(make_relay, dict(sorted(servers.items(), key=lambda item: item[0] != first)))
    wrong = {
        (one["id"], one.get("raw") or str(one["body"])): faults
        for one in [*SHARED, *[made for made in own_cases() if made["provider"] == first][::each]]
        if one["provider"] == first and (faults := played.faults(one))
    }
    assert wrong == {}
