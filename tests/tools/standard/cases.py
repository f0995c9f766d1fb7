"""LangChain's standard tests of tools, for each of the task tools.

`tests/tools/test_standard.py` runs them in a process of their own: they want another
configuration of pytest than the rest.
"""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from app import Settings, task_tools

PARAMS: dict[str, dict[str, Any]] = {
    "add_task": {"title": "milk", "due": "tomorrow", "tags": ["home"]},
    "list_tasks": {"when": "week"},
    "update_task": {"task_id": 1, "title": "oat milk"},
    "complete_tasks": {"task_ids": [1]},
    "reopen_tasks": {"task_ids": [1]},
    "delete_tasks": {"task_ids": [1]},
    "undo": {"steps": 1},
    "task_stats": {"period": "this week"},
}
_place = tempfile.TemporaryDirectory()
_settings = Settings(data_dir=Path(_place.name), timezone="UTC")
_tools = {tool.name: tool for tool in task_tools(_settings, "ann")}


@pytest.fixture(autouse=True)
def _task() -> None:
    """Have a task 1, which each call can work on."""
    _tools["add_task"].invoke({"title": "milk", "allow_duplicate": True})


class _OfTasks:
    name = ""

    @property
    def tool_constructor(self) -> BaseTool:
        return _tools[self.name]

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return PARAMS[self.name]


for _name in PARAMS:
    for _suite in (ToolsUnitTests, ToolsIntegrationTests):
        _class = f"Test_{_name}_{_suite.__name__}"
        globals()[_class] = type(_class, (_OfTasks, _suite), {"name": _name})
