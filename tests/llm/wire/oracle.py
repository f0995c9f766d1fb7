"""Read a damaged stream by code of its own, to say what a person may be shown and what may run.

Nothing of the program is used here, so that a fault of its reader can't hide itself.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_GOOD = {
    *("STOP", "MAX_TOKENS", "stop", "length", "tool_calls", "function_call"),
    *("end_turn", "tool_use", "stop_sequence", "max_tokens"),
}
_THOUGHT = re.compile(
    r"\s*(?:<think>.*?</think>"
    r"|<\|channel\|>analysis<\|message\|>.*?<\|end\|><\|start\|>assistant<\|channel\|>final<\|message\|>)",
    re.DOTALL,
)


@dataclass
class Told:
    """What stood in a stream.

    Attributes:
        text: The text for the person, joined.
        pieces: Of tool calls: index, name, text of the arguments.
        reasons: The finish reasons.
        errors: How many frames told an error.
        strays: How many events are no JSON.
    """

    text: str = ""
    pieces: list[tuple[Any, Any, str]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    errors: int = 0
    strays: int = 0

    def may_run(self, args: Any) -> bool:
        """Say whether the arguments of a call stood whole on the wire."""
        texts = [text for _, _, text in self.pieces]
        runs = {"".join(texts[a:b]) for a in range(len(texts)) for b in range(a, len(texts) + 1)}
        for index in {repr(index) for index, _, _ in self.pieces}:
            own = [text for other, _, text in self.pieces if repr(other) == index]
            runs |= {"".join(own[a:b]) for a in range(len(own)) for b in range(a, len(own) + 1)}
        objects = [_json(run) if run.strip() not in ("", "null") else {} for run in runs]
        objects += [_begun(self.text[at:]) for at, char in enumerate(self.text) if char == "{"]
        return any(_same(args, one) for one in objects)

    @property
    def said(self) -> str:
        """Return the text without thoughts at its head."""
        text = self.text
        while thought := _THOUGHT.match(text):
            text = text[thought.end() :]
        return text.strip()

    @property
    def whole(self) -> bool:
        """Say whether the answer came to a good end."""
        return bool(self.reasons) and set(self.reasons) <= _GOOD and not self.errors


def told(provider: str, body: bytes) -> Told:
    """Read a stream.

    Args:
        provider: Whose protocol it is.
        body: Its bytes, in no other encoding than UTF-8.
    """
    found = Told()
    text = body.decode("utf-8", "replace")
    for event in text.split("\n") if provider == "ollama" else _events(text):
        if event.strip() in ("", "null", "[DONE]"):
            continue
        frames = _json(event)
        for frame in frames if isinstance(frames, list) else [frames]:
            if not isinstance(frame, dict):
                found.strays += 1
            else:
                _READERS.get(provider, _chat)(frame, found)
    found.text = found.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return found


def _events(text: str) -> Iterator[str]:
    """Yield the data of events, and bare objects, by the rules of the WHATWG standard."""
    for block in re.split(r"(?:\r\n|\r(?!\n)|\n){2,}", text.removeprefix("\ufeff")):
        data: list[str] = []
        bare: list[str] = []
        for line in re.split(r"\r\n|\r|\n", block):
            if re.match(r"data(:|$)", line):
                data.append(re.sub(r"^data:? ?", "", line))
            elif not re.match(r"(event|id|retry)?(:|$)|event|id|retry", line):
                bare.append(line)
        if data:
            yield "\n".join(data)
        if bare and bare[0].lstrip().startswith(("{", "[")):
            yield "\n".join(bare)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _begun(text: str) -> Any:
    """Return the JSON value that a text begins with."""
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _gemini(frame: dict[str, Any], found: Told) -> None:
    found.errors += bool(frame.get("error"))
    for candidate in _first(frame.get("candidates")):
        if isinstance(reason := candidate.get("finishReason"), str) and reason:
            found.reasons.append(reason)
        content = candidate.get("content")
        parts = content.get("parts") if isinstance(content, dict) else None
        for part in parts if isinstance(parts, list) else []:
            if not isinstance(part, dict):
                continue
            if isinstance(part.get("text"), str) and not part.get("thought"):
                found.text += part["text"]
            if isinstance(call := part.get("functionCall"), dict):
                args = call.get("args")
                text = json.dumps({} if args is None else args)
                found.pieces.append((object(), call.get("name"), text))


def _chat(frame: dict[str, Any], found: Told) -> None:
    groq = frame.get("x_groq")
    found.errors += bool(frame.get("error") or (isinstance(groq, dict) and groq.get("error")))
    for choice in _first(frame.get("choices")):
        if isinstance(reason := choice.get("finish_reason"), str) and reason:
            found.reasons.append(reason)
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            continue
        if isinstance(delta.get("content"), str):
            found.text += delta["content"]
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else []:
            function = call.get("function") if isinstance(call, dict) else None
            if isinstance(function, dict):
                given = function.get("arguments")
                text = given if isinstance(given, str) else json.dumps(given) if given else ""
                found.pieces.append((call.get("index"), function.get("name"), text))


def _anthropic(frame: dict[str, Any], found: Told) -> None:
    found.errors += bool(frame.get("error"))
    index = frame.get("index")
    for name, kind, key in (
        *(("content_block", "text", "text"), ("delta", "text_delta", "text")),
        *(("content_block", "tool_use", "input"), ("delta", "input_json_delta", "partial_json")),
    ):
        held = frame.get(name)
        if not isinstance(held, dict) or held.get("type") != kind:
            continue
        value = held.get(key)
        if key == "text":
            found.text += value if isinstance(value, str) else ""
        else:
            given = value if isinstance(value, str) else json.dumps(value) if value else ""
            found.pieces.append((index, held.get("name"), given))
    delta = frame.get("delta")
    reason = delta.get("stop_reason") if isinstance(delta, dict) else None
    if isinstance(reason, str) and reason:
        found.reasons.append(reason)


def _ollama(frame: dict[str, Any], found: Told) -> None:
    found.errors += bool(frame.get("error"))
    if isinstance(reason := frame.get("done_reason"), str) and reason:
        found.reasons.append(reason)
    message = frame.get("message")
    if not isinstance(message, dict):
        return
    if isinstance(message.get("content"), str):
        found.text += message["content"]
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            given = function.get("arguments")
            text = given if isinstance(given, str) else json.dumps(given or {})
            found.pieces.append((object(), function.get("name"), text))


_READERS = {"gemini": _gemini, "anthropic": _anthropic, "ollama": _ollama}


def _first(choices: Any) -> Iterator[dict[str, Any]]:
    """Yield what belongs to the first of several choices."""
    for choice in choices if isinstance(choices, list) else []:
        index = choice.get("index") if isinstance(choice, dict) else 1
        if not isinstance(index, int) or index == 0:
            yield choice
            return


def _same(ran: Any, sent: Any) -> bool:
    """Compare arguments; stores take no integer past 64 bits and no half of a character."""
    return bool(_comparable(ran) == _comparable(sent))


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {_comparable(key): _comparable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_comparable(inner) for inner in value]
    if isinstance(value, str):
        if re.fullmatch(r"-?\d{17,}", value):
            return "large"
        return re.sub("[?\ufffd\ud800-\udfff]", "?", value)
    if isinstance(value, int | float):
        return str(float(value)) if abs(value) < 2**53 else "large"
    return value
