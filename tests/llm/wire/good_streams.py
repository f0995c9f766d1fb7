"""Write good answers as each provider streams them, frame by frame."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.fakes.anthropic import AnthropicServer
from tests.fakes.gemini import STAND_IN, GeminiServer
from tests.fakes.http import ProviderServer
from tests.fakes.ollama import OllamaServer
from tests.fakes.steps import Answer

Draw = Callable[[st.SearchStrategy[Any]], Any]


def frames_of(server: ProviderServer, answer: Answer, draw: Draw) -> list[dict[str, Any]]:
    """Return the frames of an answer as a provider sends them, arguments in pieces where it does.

    Args:
        server: The provider.
        answer: The answer.
        draw: Draws where to cut.
    """
    tools = [{"function": {"name": name}} for name, _ in answer.calls]
    model = server.models[-1]
    asked = {"model": model, "tools": tools, "stream_options": {"include_usage": True}}
    lines = server.stream(answer, asked, f"models/{model}:stream").decode().splitlines()
    data = [line[line.index("{") :] for line in lines if line.startswith(("data: {", "{"))]
    frames: list[dict[str, Any]] = []
    for frame in map(json.loads, data):
        frames += _in_pieces(frame, draw)
    if isinstance(server, GeminiServer):
        _sign(frames)
    return frames


def written(server: ProviderServer, frames: list[Any], draw: Draw) -> list[bytes]:
    """Return the events of some frames: lines with Ollama, an event stream with the others.

    Args:
        server: The provider.
        frames: The frames, damaged ones too.
        draw: Draws how they are spelt.
    """
    escaped = draw(st.booleans())
    dumped = [_dumped(frame, ascii_only=escaped) for frame in frames]
    if isinstance(server, OllamaServer):
        return [line + b"\n" for line in dumped]
    newline = draw(st.sampled_from([b"\r\n", b"\n", b"\r"]))
    space = draw(st.sampled_from([b" ", b""]))
    kinds = [b""] * len(frames)
    if isinstance(server, AnthropicServer):
        kinds = [_kind(frame, newline) for frame in frames]
    events = [
        kind + b"data:" + space + data + newline * 2
        for kind, data in zip(kinds, dumped, strict=True)
    ]
    if not isinstance(server, AnthropicServer | GeminiServer) and draw(st.booleans()):
        events.append(b"data: [DONE]" + newline * 2)
    return events


def _kind(frame: Any, newline: bytes) -> bytes:
    kind = frame.get("type") if isinstance(frame, dict) else None
    return b"event: " + kind.encode("utf-8", "replace") + newline if isinstance(kind, str) else b""


def _dumped(frame: Any, *, ascii_only: bool) -> bytes:
    try:
        return json.dumps(frame, ensure_ascii=ascii_only).encode()
    except UnicodeEncodeError:  # half a character can only be escaped
        return json.dumps(frame).encode()


def _sign(frames: list[dict[str, Any]]) -> None:
    """Sign the first call, as Gemini 3 does."""
    for frame in frames:
        frame["modelVersion"] = GeminiServer.models[0]
        for part in frame["candidates"][0]["content"]["parts"]:
            if "functionCall" in part:
                part["thoughtSignature"] = STAND_IN
                return


def _in_pieces(frame: dict[str, Any], draw: Draw) -> list[dict[str, Any]]:
    """Cut the arguments of the calls in a frame, where a provider does."""
    if isinstance(delta := frame.get("delta"), dict) and "partial_json" in delta:
        text = delta["partial_json"]
        cut = draw(st.integers(0, len(text)))
        return [
            {**frame, "delta": {**delta, "partial_json": piece}}
            for piece in (text[:cut], text[cut:])
        ]
    calls = (frame.get("choices") or [{}])[0].get("delta", {}).get("tool_calls")
    if not calls or not draw(st.booleans()):
        return [frame]
    frames = []
    for call in calls:
        text = call["function"]["arguments"]
        cut = draw(st.integers(0, len(text)))
        head = {**call, "function": {**call["function"], "arguments": text[:cut]}}
        rest = {"index": call["index"], "function": {"arguments": text[cut:]}}
        for piece in (head, rest):
            choice = {**frame["choices"][0], "delta": {"tool_calls": [piece]}}
            frames.append({**frame, "choices": [choice]})
    return frames
