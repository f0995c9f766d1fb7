import json
from typing import Any

from langchain_core.utils.function_calling import convert_to_openai_tool

from app.tools import TaskTools


def functions() -> dict[str, Any]:
    tools = TaskTools(lambda: None).all()  # type: ignore[arg-type,return-value]
    return {f["name"]: f for f in (convert_to_openai_tool(t)["function"] for t in tools)}


def test_the_model_sees_these_tools() -> None:
    assert list(functions()) == [
        "add_task",
        "list_tasks",
        "update_task",
        "complete_tasks",
        "reopen_tasks",
        "delete_tasks",
        "undo",
    ]


def test_every_parameter_is_described_and_every_optional_one_is_nullable() -> None:
    for name, function in functions().items():
        schema = function["parameters"]
        assert function["description"]
        assert not {"user_id", "runtime"} & set(schema["properties"])
        for parameter, kind in schema["properties"].items():
            assert kind["description"], (name, parameter)
            if parameter not in schema.get("required", ()):
                assert {"type": "null"} in kind["anyOf"], (name, parameter)


def test_ids_are_declared_as_integers() -> None:
    found = functions()
    for name in ("complete_tasks", "reopen_tasks", "delete_tasks"):
        ids = found[name]["parameters"]["properties"]["task_ids"]
        assert (ids["type"], ids["items"]) == ("array", {"type": "integer"})
    assert found["update_task"]["parameters"]["properties"]["task_id"]["type"] == "integer"


def test_schemas_stay_small_for_a_free_key() -> None:
    sent = json.dumps([{"type": "function", "function": f} for f in functions().values()])
    assert len(sent) / 3.5 < 1500
