"""Groq's chat completions, as strict as the real ones about what is sent to them.

Rules from the Groq API reference (chat completions, tool use).
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.fakes.http import ProviderServer, Refused
from tests.fakes.steps import Answer, Failure

_TOP = {
    "model",
    "messages",
    "stream",
    "n",
    "temperature",
    "stop",
    "service_tier",
    "max_tokens",
    "max_completion_tokens",
    "tools",
    "tool_choice",
    "reasoning_effort",
    "reasoning_format",
    "stream_options",
    "parallel_tool_calls",
    "response_format",
}
_FIELDS = {
    "system": {"role", "content", "name"},
    "user": {"role", "content", "name"},
    "assistant": {"role", "content", "name", "tool_calls", "reasoning"},
    "tool": {"role", "content", "tool_call_id", "name"},
}


def error(status: int, message: str, code: str | None = None, **more: Any) -> Failure:
    """Return an error in Groq's shape."""
    kind = "invalid_request_error" if status < 500 else "internal_server_error"
    body = {"message": message, "type": kind} | ({"code": code} if code else {}) | more
    return Failure(status, {"error": body})


def rate_limit(seconds: int = 5) -> Failure:
    """Return the 429 of a used-up minute."""
    return Failure(
        429,
        {
            "error": {
                "message": "Rate limit reached for model `openai/gpt-oss-20b` in organization "
                "`org_01fakefakefakefakefakefake` service tier `on_demand` on tokens per minute "
                f"(TPM): Limit 8000, Used 7000, Requested 1443. Please try again in {seconds}s.",
                "type": "tokens",
                "code": "rate_limit_exceeded",
            }
        },
        {"retry-after": str(seconds)},
    )


OVERLOADED = error(503, "openai/gpt-oss-20b is currently over capacity. Please try again.")


class GroqServer(ProviderServer):
    """Groq on loopback."""

    key = "gsk_fakeGroqKeyForTestsOnly0001"
    models: tuple[str, ...] = ("openai/gpt-oss-20b", "llama-3.3-70b-versatile")
    list_path = "/openai/v1/models"
    heads: Mapping[str, str] = {
        "x-ratelimit-limit-requests": "1000",
        "x-ratelimit-remaining-requests": "998",
        "x-ratelimit-reset-requests": "2m52s",
        "x-ratelimit-limit-tokens": "8000",
        "x-ratelimit-remaining-tokens": "6900",
        "x-ratelimit-reset-tokens": "8.2s",
    }

    def listing(self, path: str, headers: Any) -> dict[str, Any]:
        """Return the models, one that is switched off among them."""
        if path != self.list_path:
            raise Refused(error(404, f"Unknown request URL: GET {path}.", "unknown_url"))
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            raise Refused(error(401, "Invalid API Key", "invalid_api_key"))
        models = [{"id": model, "object": "model", "active": True} for model in self.models]
        gone = {"id": "llama-3.1-8b-instant", "object": "model", "active": False}
        return {"object": "list", "data": [*models, gone]}

    def check(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Refuse what the real API refuses."""
        self.check_head(path, headers, body)
        if not body.get("messages"):
            _refuse("'messages' : minimum number of items is 1")
        _check_messages(body["messages"])
        for tool in body.get("tools") or []:
            _check_tool(tool)
        _check_choice(body)

    def check_head(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Refuse an address, a key or a parameter that the API doesn't know."""
        if path != "/openai/v1/chat/completions":
            raise Refused(error(404, f"Unknown request URL: POST {path}.", "unknown_url"))
        if headers.get("authorization") != f"Bearer {self.key}":
            raise Refused(error(401, "Invalid API Key", "invalid_api_key"))
        if unknown := set(body) - _TOP:
            _refuse(f"property '{unknown.pop()}' is unsupported")
        if body.get("model") not in self.models:
            message = f"The model `{body.get('model')}` does not exist."
            raise Refused(error(404, message, "model_not_found"))
        if effort := body.get("reasoning_effort"):
            allowed = ("low", "medium", "high") if "gpt-oss" in body["model"] else ()
            if effort not in allowed:
                _refuse("reasoning_effort must be one of low, medium, or high")

    def stream(self, answer: Answer, body: dict[str, Any], path: str) -> bytes:
        """Return server-sent events: the role, the text in pieces, the calls, the finish."""
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": piece} for piece in re.findall(r"\S+\s*", answer.text)]
        if answer.calls:
            declared = {tool["function"]["name"] for tool in body.get("tools") or ()}
            assert {name for name, _ in answer.calls} <= declared, "the script calls no such tool"
            deltas.append({"tool_calls": [_call(i, *c) for i, c in enumerate(answer.calls)]})
        events = [event(body["model"], delta) for delta in deltas]
        finish = "tool_calls" if answer.calls else "length" if answer.cut else "stop"
        events.append(event(body["model"], {}, finish))
        return b"".join(events) + b"data: [DONE]\n\n"

    def plain(self, answer: Answer, body: dict[str, Any], path: str) -> dict[str, Any]:
        """Return a whole completion, where no stream was asked for."""
        calls = [_call(n, *call) for n, call in enumerate(answer.calls)]
        message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
        finish = "tool_calls" if calls else "stop"
        return {
            "id": "chatcmpl-fake",
            "object": "chat.completion",
            "service_tier": "on_demand",
            "created": 1764000000,
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "message": message | ({"tool_calls": calls} if calls else {}),
                    "finish_reason": finish,
                }
            ],
            "usage": {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105},
        }


def _check_tool(tool: dict[str, Any]) -> None:
    if tool.get("type") != "function":
        return _refuse(f"'tools.0.type' : unsupported tool {tool.get('type')}")
    function = tool["function"]
    if unknown := set(function) - {"name", "description", "parameters", "strict"}:
        _refuse(f"'tools.0.function' : property '{unknown.pop()}' is unsupported")
    if not re.fullmatch("[a-zA-Z0-9_-]{1,64}", function["name"]):
        _refuse("'tools.0.function.name' : string does not match pattern")
    parameters = function["parameters"]
    if parameters["type"] != "object" or {"anyOf", "oneOf", "allOf"} & set(parameters):
        _refuse("'tools.0' : invalid tool schema")
    return None


def _check_choice(body: dict[str, Any]) -> None:
    names = [tool["function"]["name"] for tool in body.get("tools") or [] if "function" in tool]
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        if choice.get("type") != "function" or choice["function"]["name"] not in names:
            _refuse("'tool_choice' : tool choice is not among the tools")
    elif choice not in (None, "auto", "none", "required") or (choice == "required" and not names):
        _refuse("'tool_choice' : one of the following must be satisfied")
    if not 0 <= (body.get("temperature") or 0) <= 2:
        _refuse("'temperature' : maximum: value must be no greater than 2.0")
    if len(body.get("stop") or ()) > 4:
        _refuse("'stop' : maximum number of items is 4")
    form = body.get("response_format") or {}
    if form and form.get("type") not in ("text", "json_object", "json_schema"):
        _refuse("'response_format' : discriminator property 'type' has invalid value")
    if form.get("type") == "json_schema" and not {"name", "schema"} <= set(form["json_schema"]):
        _refuse("'response_format.json_schema' : property 'name' is missing")


def _check_messages(messages: list[dict[str, Any]]) -> None:
    open_ids: set[str] = set()
    seen: set[str] = set()
    for number, message in enumerate(messages):
        role = str(message.get("role"))
        if role not in _FIELDS:
            _refuse(f"'messages.{number}' : discriminator property 'role' has invalid value")
        if unknown := set(message) - _FIELDS[role]:
            _refuse(f"'messages.{number}' : property '{unknown.pop()}' is unsupported")
        content = message.get("content")
        if not isinstance(content, str) and not (
            role == "assistant" and content is None and message.get("tool_calls")
        ):
            _refuse(f"'messages.{number}.content' : value must be a string")
        if role == "user" and not str(content).strip():
            _refuse(f"'messages.{number}.content' : must not be empty")
        if role == "tool":
            if message.get("tool_call_id") not in open_ids:
                _refuse(f"'messages.{number}' : tool_call_id has no matching tool call")
            open_ids.discard(message["tool_call_id"])
            continue
        if open_ids:
            _refuse(f"'messages.{number}' : tool call without a result: {open_ids.pop()}")
        for call in message.get("tool_calls") or ():
            if not re.fullmatch("[a-zA-Z0-9_-]{1,64}", call["function"]["name"]):
                _refuse(f"'messages.{number}.tool_calls.0.function.name' : string does not match")
            if call["id"] in seen or not isinstance(
                json.loads(call["function"]["arguments"]), dict
            ):
                _refuse(f"'messages.{number}' : invalid tool call {call['id']}")
            seen.add(call["id"])
            open_ids.add(call["id"])
    if open_ids or messages[-1]["role"] not in ("user", "tool"):
        _refuse("the last message must be a user or tool message")


def _refuse(message: str) -> None:
    raise Refused(error(400, message))


def _call(index: int, name: str, args: dict[str, Any]) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(args)}
    return {"index": index, "id": f"call_{index}cq1", "type": "function", "function": function}


def event(model: str, delta: dict[str, Any], finish: str | None = None) -> bytes:
    chunk: dict[str, Any] = {
        "id": "chatcmpl-fake",
        "object": "chat.completion.chunk",
        "created": 1764000000,
        "model": model,
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
    }
    if finish:
        usage = {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105}
        chunk["x_groq"] = {"id": "req_fake", "usage": usage}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"
