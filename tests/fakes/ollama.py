"""Ollama's own chat endpoint: lines of JSON, the last of which says that it is done."""

import json
import re
from typing import Any

from tests.fakes.http import ProviderServer, Refused
from tests.fakes.steps import Answer, Failure


class OllamaServer(ProviderServer):
    """Ollama on loopback."""

    models = ("qwen3:8b",)

    def check(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Refuse what the real server refuses."""
        if path != "/api/chat":
            raise Refused(Failure(404, "404 page not found"))
        if body.get("model") not in self.models:
            message = f'model "{body.get("model")}" not found, try pulling it first'
            raise Refused(Failure(404, {"error": message}))
        for message in body["messages"]:
            if message["role"] not in ("system", "user", "assistant", "tool"):
                raise Refused(Failure(400, {"error": f"invalid role: {message['role']}"}))
            calls = message.get("tool_calls") or ()
            if not isinstance(message.get("content", ""), str) or not all(
                isinstance(call["function"]["arguments"], dict) and call["function"]["name"]
                for call in calls
            ):
                raise Refused(Failure(400, {"error": "json: cannot unmarshal"}))

    def listing(self, path: str, headers: Any) -> dict[str, Any]:
        """Return the models that were pulled."""
        if path != "/api/tags":
            raise Refused(Failure(404, "404 page not found"))
        return {"models": [{"name": model, "model": model} for model in self.models]}

    def stream(self, answer: Answer, body: dict[str, Any], path: str) -> bytes:
        """Return one JSON object a line."""
        said: list[dict[str, Any]] = [
            {"content": piece} for piece in re.findall(r"\S+\s*", answer.text)
        ]
        if answer.calls:
            functions = [{"function": {"name": n, "arguments": a}} for n, a in answer.calls]
            said.append({"content": "", "tool_calls": functions})
        lines = [line(body["model"], one) for one in said]
        lines.append(line(body["model"], {"content": ""}, done=True, done_reason="stop"))
        return b"".join(lines)


def line(model: str, said: dict[str, Any], **more: Any) -> bytes:
    """Return one line of the stream."""
    head = {"model": model, "created_at": "2026-03-04T00:00:00Z", "done": False}
    return json.dumps(head | {"message": {"role": "assistant"} | said} | more).encode() + b"\n"
