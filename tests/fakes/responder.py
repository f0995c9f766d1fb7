"""Answer sensibly: call the tool that is meant, fill a schema, end at a stop, by a few rules.

A server with `decide = responder` reads what a request asks for, in its own protocol, and never
what a test expects. So tests of others, which know no script, can talk to it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.steps import Answer

GREETING = "Hello! How can I help you today?"
_QUOTED = re.compile(r"'([^']{2,})'|\"([^\"]{2,})\"")
_PLACE = re.compile(r"\bin ([A-Z][\w]*(?:[ ,]+[A-Z][\w]*)*)")
_WORD = re.compile(r"[A-Za-z]{4,}")
_COMMON = {"magic", "function", "tool", "args", "with", "from", "that", "this", "what", "name"}


@dataclass
class Asked:
    """What a request asks for, whichever API it came by."""

    text: str
    result: str | None = None
    tools: dict[str, dict[str, Any]] = field(default_factory=dict)
    choice: str | None = None
    parallel: bool = True
    stop: list[str] = field(default_factory=list)
    most: int | None = None
    schema: dict[str, Any] | None = None
    json_only: bool = False


def responder(body: dict[str, Any]) -> Answer:
    """Say what to answer to a request in the form of Gemini or of OpenAI."""
    asked = _of_gemini(body) if "contents" in body else _of_openai(body)
    names = _to_call(asked)
    if names:
        return Answer(calls=tuple((name, _filled(asked.tools[name], asked)) for name in names))
    return _cut(Answer(text=_said(asked)), asked)


def _to_call(asked: Asked) -> list[str]:
    if not asked.tools or asked.choice == "none":
        return []
    if asked.choice in asked.tools:
        return [str(asked.choice)]
    if asked.result is not None and asked.choice is None:
        return []
    named = [name for name in asked.tools if name in asked.text]
    named = [n for n in named if not any(n != other and n in other for other in named)]
    meant = named or [name for name in asked.tools if _means(asked.text, name)]
    if asked.choice == "any":
        meant = meant or list(asked.tools)[:1]
    return meant if asked.parallel else meant[:1]


def _means(text: str, name: str) -> bool:
    words = {word.lower() for word in _WORD.findall(text)}
    return bool(words & ({part.lower() for part in name.split("_") if len(part) > 3} - _COMMON))


def _said(asked: Asked) -> str:
    if asked.schema is not None:
        return json.dumps(_filled(asked.schema, asked), ensure_ascii=False)
    if asked.json_only:
        keys = [a or b for a, b in _QUOTED.findall(asked.text)] or ["answer"]
        return json.dumps({key: f"A {key}." for key in keys})
    return GREETING if asked.result is None else f"The tool says: {asked.result}"


def _cut(answer: Answer, asked: Asked) -> Answer:
    text = answer.text
    for stop in asked.stop:
        text = text.split(stop)[0]
    pieces = re.findall(r"\S+\s*", text)
    if asked.most is not None and len(pieces) > asked.most:
        return Answer(text="".join(pieces[: asked.most]), cut=True)
    return Answer(text=text)


def _filled(schema: Mapping[str, Any], asked: Asked, name: str = "") -> Any:
    """Return a value that a schema allows, with what the text names."""
    for key in ("anyOf", "any_of", "oneOf"):
        if schema.get(key):
            return _filled(schema[key][0], asked, name)
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "string" if "properties" not in schema else "object")
    kind = (kind[0] if isinstance(kind, list) else kind).lower()
    if kind == "object":
        inner: Mapping[str, Any] = schema.get("properties") or {}
        return {key: _filled(each, asked, key) for key, each in inner.items()}
    if kind == "array":
        return [_filled(schema.get("items") or {}, asked, name)]
    if kind in ("integer", "number"):
        return _number(schema, asked.text)
    return True if kind == "boolean" else _words(asked.text, name)


def _number(schema: Mapping[str, Any], text: str) -> int:
    found = re.search(r"-?\d+", text)
    value = int(found[0]) if found else 1
    low, high = schema.get("minimum"), schema.get("maximum")
    value = value if low is None else max(value, int(low))
    return value if high is None else min(value, int(high))


def _words(text: str, name: str) -> str:
    if found := _QUOTED.search(text) or _PLACE.search(text):
        return str(next(group for group in found.groups() if group))
    styles = re.search(r"a (\w+) greeting", text)
    return styles[1] if styles else f"a {name or 'text'}"


def _of_gemini(body: dict[str, Any]) -> Asked:
    parts = body["contents"][-1]["parts"]
    results = [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]
    said = [content for content in body["contents"] if "text" in content["parts"][0]]
    config = body.get("generationConfig") or {}
    calling = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    allowed = calling.get("allowedFunctionNames") or []
    mode = {"ANY": "any", "NONE": "none"}.get(calling.get("mode", "AUTO"))
    declared = {
        each["name"]: each.get("parameters")
        or each.get("parametersJsonSchema")
        or {"type": "OBJECT"}
        for tool in body.get("tools") or []
        for each in tool.get("functionDeclarations") or []
    }
    return Asked(
        text="".join(part.get("text", "") for part in said[-1]["parts"]) if said else "",
        result=json.dumps(results[-1]) if results else None,
        tools=declared,
        choice=allowed[0] if mode == "any" and len(allowed) == 1 else mode,
        stop=config.get("stopSequences") or [],
        most=config.get("maxOutputTokens"),
        schema=config.get("responseJsonSchema") or config.get("responseSchema"),
        json_only=config.get("responseMimeType") == "application/json",
    )


def _of_openai(body: dict[str, Any]) -> Asked:
    last = body["messages"][-1]
    said = [message for message in body["messages"] if message["role"] == "user"]
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        choice = choice["function"]["name"]
    form = body.get("response_format") or {}
    stop = body.get("stop") or []
    return Asked(
        text=_text(said[-1]["content"]) if said else "",
        result=_text(last["content"]) if last["role"] == "tool" else None,
        tools={
            each["function"]["name"]: each["function"].get("parameters") or {"type": "object"}
            for each in body.get("tools") or []
        },
        choice={"required": "any", "auto": None}.get(str(choice), choice),
        parallel=body.get("parallel_tool_calls", True),
        stop=[stop] if isinstance(stop, str) else stop,
        most=body.get("max_tokens") or body.get("max_completion_tokens"),
        schema=(form.get("json_schema") or {}).get("schema"),
        json_only=form.get("type") == "json_object",
    )


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)
