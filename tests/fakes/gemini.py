"""Gemini's REST protocol, as strict as the real one about what is sent to it.

Rules from the Gemini API reference (generateContent, function calling, thought signatures).
"""

import base64
import json
import re
from typing import Any

from tests.fakes.http import ProviderServer, Refused
from tests.fakes.steps import Answer, Failure

STAND_IN = "skip_thought_signature_validator"

_TOP = {
    "contents",
    "systemInstruction",
    "tools",
    "toolConfig",
    "generationConfig",
    "safetySettings",
    "cachedContent",
}
_PART_DATA = {"text", "functionCall", "functionResponse", "inlineData", "fileData"}
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}")
_MEDIA = {
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
    "application/pdf": b"%PDF",
    "audio/wav": b"RIFF",
}
"""The types of attachments that are looked at here, and how their data begins."""
_SCHEMA = {
    "type",
    "description",
    "properties",
    "required",
    "items",
    "nullable",
    "enum",
    "anyOf",
    "format",
    "title",
    "default",
    "propertyOrdering",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "pattern",
}
_JSON_SCHEMA = {
    *{"type", "description", "title", "format", "enum", "properties", "required", "items"},
    *{"prefixItems", "anyOf", "oneOf", "additionalProperties", "minimum", "maximum"},
    *{"minItems", "maxItems", "$ref", "$defs", "default", "const", "minLength", "maxLength"},
    *{"pattern", "exclusiveMinimum", "exclusiveMaximum"},
}
_CONFIG = {
    *{"stopSequences", "maxOutputTokens", "temperature", "topP", "topK", "candidateCount", "seed"},
    *{"responseMimeType", "responseSchema", "responseJsonSchema", "thinkingConfig"},
}


_TYPES = {"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT"}


def error(status: int, message: str, name: str, *details: dict[str, Any]) -> Failure:
    """Return an error in Google's shape."""
    body: dict[str, Any] = {"code": status, "message": message, "status": name}
    if details:
        body["details"] = list(details)
    return Failure(status, {"error": body})


def quota(seconds: int = 26, per: str = "Minute", value: int | None = None) -> Failure:
    """Return the 429 of a used-up quota; it names the limit where `value` is given."""
    violation = {"quotaId": f"GenerateRequestsPer{per}PerProjectPerModel-FreeTier"}
    violation |= {} if value is None else {"quotaValue": str(value)}
    return error(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "RESOURCE_EXHAUSTED",
        {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [violation],
        },
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{seconds}s"},
    )


OVERLOADED = error(503, "The model is overloaded. Please try again later.", "UNAVAILABLE")


class GeminiServer(ProviderServer):
    """Gemini on loopback."""

    key = "AIza-fake-gemini-key-for-tests-only-0001"
    models = ("gemini-3.5-flash-lite", "gemini-flash-lite-latest", "gemini-2.5-flash")

    def __init__(self) -> None:
        super().__init__()
        self.other_keys: tuple[str, ...] = ()
        self._signatures: dict[str, tuple[str, str]] = {}

    def check(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Refuse what the real API refuses."""
        self._check_key(headers)
        match = re.fullmatch(
            r"/v1beta/models/([\w.-]+):(?:streamGenerateContent\?alt=sse|generateContent)", path
        )
        if not match or match[1] not in self.models:
            raise Refused(error(404, f"{path} is not found for API version v1beta.", "NOT_FOUND"))
        if unknown := set(body) - _TOP:
            _refuse(f'Invalid JSON payload received. Unknown name "{unknown.pop()}"')
        _check_tools(body.get("tools") or [])
        _check_config(body)
        contents = body.get("contents") or []
        if not contents:
            _refuse("contents is not specified")
        _check_turns(contents)
        if match[1].startswith("gemini-3") or "latest" in match[1]:
            self._check_signatures(contents, (match[1], str(headers.get("x-goog-api-key"))))

    def _check_key(self, headers: Any) -> None:
        if headers.get("x-goog-api-key") not in (self.key, *self.other_keys):
            reason = {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
            }
            raise Refused(error(400, "API key not valid.", "INVALID_ARGUMENT", reason))

    def listing(self, path: str, headers: Any) -> dict[str, Any]:
        """Return the models in two pages, an embedding model among them."""
        self._check_key(headers)
        match = re.fullmatch(r"/v1beta/models\?pageSize=(\d{1,4})(&pageToken=second)?", path)
        if not match or int(match[1]) > 1000:
            raise Refused(error(404, f"{path} is not found.", "NOT_FOUND"))
        if match[2]:
            embeds = {"name": "models/gemini-embed", "supportedGenerationMethods": ["embedContent"]}
            return {"models": [_listed(self.models[-1]), embeds]}
        return {"models": [_listed(m) for m in self.models[:-1]], "nextPageToken": "second"}

    def stream(self, answer: Answer, body: dict[str, Any], path: str) -> bytes:
        """Return server-sent events: the text in pieces, then the calls, then the finish."""
        model = re.findall(r"models/([\w.-]+):", path)[0]
        parts: list[list[dict[str, Any]]] = [
            [{"text": piece}] for piece in re.findall(r"\S+\s*", answer.text)
        ]
        called = self._called(answer, model)
        parts += [called] if called else []
        events = [event(model, part) for part in parts]
        finish = "MAX_TOKENS" if answer.cut else "STOP"
        events.append(event(model, [{"text": ""}], finish=finish))
        return b"".join(events)

    def streams(self, body: dict[str, Any], path: str) -> bool:
        """Say whether `streamGenerateContent` was called."""
        return ":stream" in path

    def plain(self, answer: Answer, body: dict[str, Any], path: str) -> dict[str, Any]:
        """Return a whole response, where `generateContent` was called."""
        model = re.findall(r"models/([\w.-]+):", path)[0]
        said = [{"text": answer.text}] if answer.text else []
        return _chunk(model, [*said, *self._called(answer, model)], "STOP")

    def _called(self, answer: Answer, model: str) -> list[dict[str, Any]]:
        called = [{"functionCall": {"name": n, "args": a}} for n, a in answer.calls]
        if called and model.startswith("gemini-3"):
            signature = base64.b64encode(f"thought-{len(self._signatures):09}".encode()).decode()
            self._signatures[signature] = (model, self.requests[-1]["headers"]["x-goog-api-key"])
            called[0]["thoughtSignature"] = signature  # type: ignore[assignment]
        return called

    def _check_signatures(self, contents: list[dict[str, Any]], signer: tuple[str, str]) -> None:
        """Check that signatures are of this model and key, and that the current turn's are there.

        The first call of each step of the turn must be signed.
        """
        start = max(
            (i for i, c in enumerate(contents) if c["role"] == "user" and "text" in c["parts"][0]),
            default=0,
        )
        for position, content in enumerate(contents):
            for part in content["parts"]:
                mark = part.get("thoughtSignature")
                if mark and mark != STAND_IN and self._signatures.get(_standard(mark)) != signer:
                    _refuse("Corrupted thought signature.")
            called = [part for part in content["parts"] if "functionCall" in part]
            if position >= start and called and not called[0].get("thoughtSignature"):
                _refuse("Function call is missing a thought_signature in functionCall parts.")


def _listed(model: str) -> dict[str, Any]:
    methods = ["generateContent", "countTokens"]
    return {"name": f"models/{model}", "supportedGenerationMethods": methods}


def _standard(signature: str) -> str:
    return signature.replace("-", "+").replace("_", "/")


def _check_tools(tools: list[dict[str, Any]]) -> None:
    names = [f["name"] for tool in tools for f in tool.get("functionDeclarations", ())]
    if len(names) != len(set(names)):
        _refuse("Duplicate function declaration found")
    for tool in tools:
        for function in tool.get("functionDeclarations", ()):
            if not _NAME.fullmatch(function["name"]):
                _refuse(f"Invalid function name: {function['name']}")
            if "parameters" in function and "parametersJsonSchema" in function:
                _refuse("parameters and parametersJsonSchema are mutually exclusive.")
            if schema := function.get("parameters"):
                _check_schema(function["name"], schema)
            _check_json_schema(function["name"], function.get("parametersJsonSchema") or {})


def _check_config(body: dict[str, Any]) -> None:
    config = body.get("generationConfig") or {}
    if unknown := set(config) - _CONFIG:
        _refuse(f'Unknown name "{unknown.pop()}" at generation_config: Cannot find field.')
    if not 0 <= config.get("temperature", 1) <= 2:
        _refuse("temperature must be in the range [0.0, 2.0].")
    if len(config.get("stopSequences") or ()) > 5 or "" in (config.get("stopSequences") or ()):
        _refuse("stop_sequences must be at most 5 texts.")
    wants_json = config.get("responseMimeType") == "application/json"
    if (config.get("responseJsonSchema") or config.get("responseSchema")) and not wants_json:
        _refuse("response schema needs the response mime type application/json.")
    declared = [
        each["name"]
        for tool in body.get("tools") or []
        for each in tool.get("functionDeclarations", ())
    ]
    calling = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    if calling.get("mode", "AUTO") not in ("AUTO", "ANY", "NONE", "VALIDATED"):
        _refuse("Invalid value at 'tool_config.function_calling_config.mode'")
    allowed = calling.get("allowedFunctionNames") or []
    if allowed and (calling["mode"] != "ANY" or not set(allowed) <= set(declared)):
        _refuse("allowed_function_names must name declared functions, with mode ANY.")
    if calling.get("mode") == "ANY" and not declared:
        _refuse("Function calling config is set without function_declarations.")


def _check_json_schema(where: str, schema: Any) -> None:
    if not isinstance(schema, dict):
        return
    if unknown := set(schema) - _JSON_SCHEMA:
        _refuse(f'Unknown keyword "{unknown.pop()}" in the JSON schema at {where}.')
    for name, inner in schema.get("properties", {}).items():
        _check_json_schema(f"{where}.{name}", inner)
    for key in ("items", "additionalProperties"):
        _check_json_schema(f"{where}.{key}", schema.get(key))
    for key in ("anyOf", "oneOf", "prefixItems"):
        for inner in schema.get(key, ()):
            _check_json_schema(f"{where}.{key}", inner)


def _check_schema(where: str, schema: dict[str, Any]) -> None:
    if schema.get("type", "STRING") not in _TYPES:
        _refuse(f"Invalid value at {where}.type: {schema['type']}")
    if schema.get("type") == "OBJECT" and not schema.get("properties"):
        _refuse(f"{where}.properties: should be non-empty for OBJECT type")
    if schema.get("type") == "ARRAY" and not schema.get("items"):
        _refuse(f"{where}.items: missing field.")
    if schema.get("enum") and schema.get("type") != "STRING":
        _refuse(f"{where}.enum: only allowed for STRING type")
    if schema.get("type") == "STRING" and schema.get("format", "enum") not in ("enum", "date-time"):
        _refuse(f"{where}.format: only 'enum' and 'date-time' are supported for STRING type")
    if not ({"type", "anyOf"} & set(schema)):
        _refuse(f"{where}: a schema needs a type")
    for inner in schema.get("anyOf", ()):
        _check_schema(f"{where}.anyOf", inner)
    if unknown := set(schema) - _SCHEMA:
        _refuse(f'Unknown name "{unknown.pop()}" at {where}: Cannot find field.')
    for name, inner in schema.get("properties", {}).items():
        _check_schema(f"{where}.{name}", inner)
    if missing := set(schema.get("required", ())) - set(schema.get("properties", {})):
        _refuse(f"{where}: required[{missing.pop()}]: property is not defined")
    if "items" in schema:
        _check_schema(f"{where}.items", schema["items"])


def _check_turns(contents: list[dict[str, Any]]) -> None:
    before: dict[str, Any] | None = None
    for content in contents:
        if content.get("role") not in ("user", "model"):
            _refuse("Please use a valid role: user, model.")
        parts = content.get("parts") or []
        if not parts or any(len(_PART_DATA & set(part)) != 1 for part in parts):
            _refuse("contents.parts: contents.parts must not be empty / one data field each.")
        for part in parts:
            _check_part(part)
        called = [p["functionCall"]["name"] for p in parts if "functionCall" in p]
        asked = _called(before)
        given = [p["functionResponse"]["name"] for p in parts if "functionResponse" in p]
        if sorted(asked) != sorted(given):
            _refuse(
                "Please ensure that the number of function response parts is equal to the "
                "number of function call parts of the function call turn."
            )
        if called and (before is None or before["role"] != "user"):
            _refuse(
                "Please ensure that function call turn comes immediately after a user turn or "
                "after a function response turn."
            )
        before = content
    if _called(before) or (before and before["role"] != "user"):
        _refuse("Please ensure that single turn requests end with a user role.")


def _check_part(part: dict[str, Any]) -> None:
    for kind in ("functionCall", "functionResponse"):
        if kind in part and not (name := part[kind].get("name")):
            _refuse(f"GenerateContentRequest.contents: {kind}.name: Name cannot be empty.")
        elif kind in part and not _NAME.fullmatch(name):
            _refuse(f"Invalid function name: {name}")
    if "fileData" in part:
        _refuse("Cannot fetch content from the provided URL.")
    if "inlineData" in part:
        data = part["inlineData"].get("data", "").replace("-", "+").replace("_", "/")
        kind = part["inlineData"].get("mimeType", part["inlineData"].get("mime_type"))
        head = _MEDIA.get(kind)
        if head is None:
            _refuse(f"Unsupported MIME type: {kind}")
        elif not base64.b64decode(data, validate=True).startswith(head):
            _refuse("Unable to process input image.")


def _called(content: dict[str, Any] | None) -> list[str]:
    parts = content["parts"] if content else []
    return [part["functionCall"]["name"] for part in parts if "functionCall" in part]


def _refuse(message: str) -> None:
    raise Refused(error(400, message, "INVALID_ARGUMENT"))


def event(model: str, parts: list[dict[str, Any]], finish: str | None = None) -> bytes:
    return b"data: " + json.dumps(_chunk(model, parts, finish)).encode() + b"\r\n\r\n"


def _chunk(model: str, parts: list[dict[str, Any]], finish: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 5, "totalTokenCount": 105}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model}
