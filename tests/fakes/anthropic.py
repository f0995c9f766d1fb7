"""Anthropic's messages, as strict as the real ones about what is sent to them.

Rules from the Messages API reference and its streaming page.
"""

import json
import re
from typing import Any

from tests.fakes.http import ProviderServer, Refused
from tests.fakes.steps import Answer, Failure

_TOP = {
    "model",
    "messages",
    "max_tokens",
    "system",
    "stream",
    "tools",
    "tool_choice",
    "stop_sequences",
    "temperature",
    "metadata",
}


def error(status: int, kind: str, message: str) -> Failure:
    """Return an error in Anthropic's shape."""
    return Failure(status, {"type": "error", "error": {"type": kind, "message": message}})


class AnthropicServer(ProviderServer):
    """Anthropic on loopback."""

    key = "sk-ant-fakeKeyForTestsOnly0001"
    models = ("claude-haiku-4-5",)

    def check(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Refuse what the real API refuses."""
        if path != "/v1/messages":
            raise Refused(error(404, "not_found_error", "Not found"))
        self._check_key(headers)
        if unknown := set(body) - _TOP:
            _refuse(f"{unknown.pop()}: Extra inputs are not permitted")
        if body.get("model") not in self.models:
            raise Refused(error(404, "not_found_error", f"model: {body.get('model')}"))
        if not isinstance(body.get("max_tokens"), int):
            _refuse("max_tokens: Field required")
        _check_messages(body["messages"])
        for tool in body.get("tools") or ():
            if tool["input_schema"]["type"] != "object":
                _refuse("tools.0.input_schema.type: Input should be 'object'")

    def _check_key(self, headers: Any) -> None:
        keys = (headers.get("x-api-key"), headers.get("authorization", "").removeprefix("Bearer "))
        if self.key not in keys or not headers.get("anthropic-version"):
            raise Refused(error(401, "authentication_error", "invalid x-api-key"))

    def listing(self, path: str, headers: Any) -> dict[str, Any]:
        """Return the models in two pages, by the id of the last one before."""
        self._check_key(headers)
        if path == "/v1/models?limit=1000":
            first = {"type": "model", "id": self.models[0]}
            return {"data": [first], "has_more": True, "last_id": self.models[0]}
        if path != f"/v1/models?limit=1000&after_id={self.models[0]}":
            raise Refused(error(404, "not_found_error", "Not found"))
        return {"data": [{"type": "model", "id": "claude-opus-4-8"}], "has_more": False}

    def stream(self, answer: Answer, body: dict[str, Any], path: str) -> bytes:
        """Return the named events of one message."""
        message = {"id": "msg_fake", "type": "message", "role": "assistant", "content": []}
        usage = {"input_tokens": 100, "output_tokens": 1}
        start = message | {"model": body["model"], "stop_reason": None, "usage": usage}
        events: list[tuple[str, dict[str, Any]]]
        events = [("message_start", {"message": start}), ("ping", {})]
        blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
        if answer.text:
            pieces = re.findall(r"\S+\s*", answer.text)
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
            blocks.append(({"type": "text", "text": ""}, deltas))
        for number, (name, args) in enumerate(answer.calls):
            block = {"type": "tool_use", "id": f"toolu_fake{number}", "name": name, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(args)}
            blocks.append((block, [delta]))
        for index, (block, deltas) in enumerate(blocks):
            events.append(("content_block_start", {"index": index, "content_block": block}))
            events += [("content_block_delta", {"index": index, "delta": d}) for d in deltas]
            events.append(("content_block_stop", {"index": index}))
        reason = "tool_use" if answer.calls else "end_turn"
        stopped = {"delta": {"stop_reason": reason, "stop_sequence": None}}
        events.append(("message_delta", stopped | {"usage": {"output_tokens": 5}}))
        events.append(("message_stop", {}))
        return b"".join(event(name, told) for name, told in events)


def event(name: str, told: dict[str, Any]) -> bytes:
    """Return one server-sent event."""
    return f"event: {name}\ndata: {json.dumps({'type': name} | told)}\n\n".encode()


def _check_messages(messages: list[dict[str, Any]]) -> None:
    if not messages or messages[0]["role"] != "user" or messages[-1]["role"] != "user":
        _refuse("messages: the first and the last message must use the user role")
    open_ids: set[str] = set()
    seen: set[str] = set()
    for number, message in enumerate(messages):
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        results = {b["tool_use_id"] for b in blocks if b["type"] == "tool_result"}
        if results != open_ids:
            _refuse(f"messages.{number}: tool_use ids without tool_result blocks after them")
        open_ids = set()
        for block in blocks:
            if block["type"] == "text" and not block["text"].strip():
                _refuse(f"messages.{number}: text content blocks must contain non-whitespace text")
            if block["type"] == "tool_use":
                if block["id"] in seen or not re.fullmatch(r"[a-zA-Z0-9_-]+", block["id"]):
                    _refuse(f"messages.{number}: tool_use.id is used twice or has a wrong form")
                if not re.fullmatch("[a-zA-Z0-9_-]{1,64}", block["name"]):
                    _refuse(f"messages.{number}: tool_use.name: String should match pattern")
                seen.add(block["id"])
                open_ids.add(block["id"])
        if set(message) != {"role", "content"} or not blocks:
            _refuse(f"messages.{number}: Extra inputs are not permitted")


def _refuse(message: str) -> None:
    raise Refused(error(400, "invalid_request_error", message))
