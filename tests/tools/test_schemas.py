import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.graph.prompt import system_prompt
from app.llm.declarations.tool_set import ToolSet
from app.llm.providers.tool_declarations import declarations
from app.tools import TaskTools
from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer

CHARACTERS_PER_TOKEN = 3.5
"""Calibrated on o200k with this program's schemas and prompt."""


def functions() -> dict[str, Any]:
    tools = TaskTools(lambda: None).all()  # type: ignore[arg-type,return-value]
    declared = declarations(ToolSet(tools, lenient=True))
    return {f["name"]: f for f in (tool["function"] for tool in declared)}


def test_the_model_sees_these_tools() -> None:
    assert list(functions()) == [
        "add_task",
        "list_tasks",
        "update_task",
        "complete_tasks",
        "reopen_tasks",
        "delete_tasks",
        "undo",
        "task_stats",
    ]


def test_every_parameter_is_described_and_every_optional_one_is_nullable() -> None:
    for name, function in functions().items():
        schema = function["parameters"]
        assert function["description"]
        assert not {"user_id", "runtime"} & set(schema["properties"])
        for parameter, kind in schema["properties"].items():
            assert kind["description"], (name, parameter)
            if parameter not in schema.get("required", ()):
                assert "null" in kind["type"], (name, parameter)
                assert "default" not in kind


def test_ids_are_declared_as_integers() -> None:
    found = functions()
    for name in ("complete_tasks", "reopen_tasks", "delete_tasks"):
        ids = found[name]["parameters"]["properties"]["task_ids"]
        assert (ids["type"], ids["items"]) == ("array", {"type": "integer"})
    assert found["update_task"]["parameters"]["properties"]["task_ids"]["type"] == "array"


def test_schemas_stay_small_for_a_free_key() -> None:
    sent = json.dumps([{"type": "function", "function": f} for f in functions().values()])
    assert len(sent) / CHARACTERS_PER_TOKEN < 1500


def test_prompt_stays_small_too() -> None:
    now = datetime(2026, 9, 30, tzinfo=ZoneInfo("America/Argentina/ComodRivadavia"))
    assert len(system_prompt(now).text) / CHARACTERS_PER_TOKEN < 300


def test_gemini_is_told_the_type_of_each_parameter(relay: Relay, gemini: GeminiServer) -> None:
    relay.say("Hello")
    (tools,) = gemini.requests[-1]["body"]["tools"]
    declared = {f["name"]: f["parameters"]["properties"] for f in tools["functionDeclarations"]}
    kinds = {name: kind["type"] for name, kind in declared["add_task"].items()}
    assert kinds == dict.fromkeys(kinds, "STRING") | {
        "tags": "ARRAY",
        "blocked_by": "ARRAY",
        "parent_id": "INTEGER",
        "allow_duplicate": "BOOLEAN",
    }
    assert declared["complete_tasks"]["task_ids"]["items"] == {"type": "INTEGER"}
