"""OpenAI's chat completions, and an endpoint that only resembles them.

Rules from the OpenAI API reference; the one on tools and thinking is an error that its
newer models give.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.fakes.groq import GroqServer, error
from tests.fakes.http import Refused
from tests.fakes.steps import Answer

_OWN = {"max_completion_tokens", "reasoning_effort"}
_OLD = {"model", "messages", "stream", "temperature", "stop", "max_tokens", "tools", "tool_choice"}
_TOP = {*_OLD, "stream_options", "parallel_tool_calls", "response_format"}
_DONE = b"data: [DONE]\n\n"


class OpenAIServer(GroqServer):
    """An OpenAI-compatible endpoint on loopback; it knows only the older parameters."""

    key = "sk-fakeOpenAIKeyForTestsOnly0001"
    models = ("gpt-5.4-mini", "gpt-5-mini", "gpt-6-luna", "local-model")
    path = "/v1/chat/completions"
    list_path = "/v1/models"
    heads: Mapping[str, str] = {}
    allowed = _TOP

    def check_head(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Refuse an address, a key or a parameter that the API doesn't know."""
        if path != self.path:
            raise Refused(error(404, f"Invalid URL (POST {path})"))
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            raise Refused(error(401, "Incorrect API key provided: sk-1234.", "invalid_api_key"))
        if unknown := set(body) - self.allowed:
            raise Refused(error(400, f"Unknown parameter: '{unknown.pop()}'."))
        if body.get("model") not in self.models:
            raise Refused(error(404, "The model does not exist.", "model_not_found"))

    def stream(self, answer: Answer, body: dict[str, Any], path: str) -> bytes:
        """Return the events as Groq does, with the count of tokens where it is asked for."""
        events = super().stream(answer, body, path)
        if not body.get("stream_options", {}).get("include_usage"):
            return events
        usage = {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105}
        chunk = {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 1764000000}
        chunk |= {"model": body["model"], "choices": [], "usage": usage}
        return events.removesuffix(_DONE) + f"data: {json.dumps(chunk)}\n\n".encode() + _DONE


class UncountingServer(OpenAIServer):
    """A server that doesn't know how to be asked for a count of tokens, and refuses to be."""

    allowed = _OLD


class RealOpenAIServer(OpenAIServer):
    """OpenAI's own API: the new name of the output limit, no tools where a model thinks."""

    allowed = (_TOP - {"max_tokens"}) | _OWN

    def check_head(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Refuse more than the common rules do."""
        super().check_head(path, headers, body)
        effort = body.get("reasoning_effort")
        newer = re.match(r"gpt-(5\.[4-9]|6)", body["model"])
        if newer and body.get("tools") and effort not in ("none", None):
            message = f"Function tools with reasoning_effort are not supported for {body['model']}"
            raise Refused(error(400, f"{message} in /v1/chat/completions."))
        if body["model"].startswith("gpt-6") and body.get("tools") and effort is None:
            raise Refused(error(400, "set reasoning_effort to 'none'."))
