"""What goes to Gemini is what the SDK would write itself, though we prepare a part of it."""

import asyncio
from typing import Any

import pytest
from google.genai.types import Tool

from app.llm.declarations import ToolSet
from app.llm.providers.gemini import ADAPTER
from app.settings import Settings
from app.tools import TaskTools
from tests.fakes.gemini import GeminiServer

OF_A_HOST: list[Any] = [
    {"name": "now", "description": "", "parameters": {"type": "object", "properties": {}}},
    {
        "name": "find",
        "description": "Find things.",
        "parameters": {
            "type": "object",
            "properties": {
                "kind": {"enum": ["a", "b"], "type": "string"},
                "near": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
                "each": {"type": "array", "items": {"$ref": "#/$defs/part"}},
            },
            "$defs": {"part": {"type": "object", "properties": {"x": {"type": "number"}}}},
            "required": ["kind"],
        },
    },
]
SETS = {
    "our tools": lambda: ToolSet(TaskTools(lambda: None).all(), lenient=True),  # type: ignore[arg-type,return-value]
    "a host's": lambda: ToolSet(OF_A_HOST),
    "one must be called": lambda: ToolSet(OF_A_HOST, "find"),
    "any must be called": lambda: ToolSet(OF_A_HOST, "any"),
    "Gemini's own beside": lambda: ToolSet([*OF_A_HOST, {"google_search": {}}]),
    "none": lambda: ToolSet([]),
}


@pytest.mark.parametrize("name", SETS)
def test_prepared_declarations_are_what_the_sdk_would_write(
    gemini: GeminiServer, name: str
) -> None:
    tools: Any = SETS[name]()
    settings = Settings(gemini_api_key=gemini.key, gemini_base_url=gemini.url)

    async def ask() -> None:
        client = ADAPTER.open(settings.places[0], gemini.url, settings)
        declared, choice = ADAPTER.declare(tools), ADAPTER.choose(tools)
        plain = [Tool.model_validate(each) for each in declared]
        for model in (
            ADAPTER.bind(client.model, declared, choice),
            client.model.bind(tools=plain, **choice) if plain else client.model,
        ):
            async for _ in model.astream("hello"):
                pass
        await client.close()

    asyncio.run(ask())
    ours, sdks = (request["body"] for request in gemini.requests)
    for body in (ours, sdks):  # LangChain puts Gemini's own tools first; their order says nothing
        body.get("tools", []).sort(key=str)
    assert ours == sdks
    assert ("tools" in ours) is (name != "none")
