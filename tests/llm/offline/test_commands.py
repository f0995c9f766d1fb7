from typing import Any

import pytest

from app.llm.offline.commands import read_commands

ONE = [
    ("add buy milk", "add_task", {"title": "buy milk"}),
    ("Add Buy Milk", "add_task", {"title": "Buy Milk"}),
    ("add buy milk tomorrow", "add_task", {"title": "buy milk", "due": "tomorrow"}),
    ("add buy milk due tomorrow", "add_task", {"title": "buy milk", "due": "tomorrow"}),
    ("add buy milk due: 2026-12-01", "add_task", {"title": "buy milk", "due": "2026-12-01"}),
    ("add call by 2026-12-01 09:30", "add_task", {"title": "call", "due": "2026-12-01 09:30"}),
    (
        "add pay rent due today #home #bank !high",
        "add_task",
        {"title": "pay rent", "due": "today", "tags": ["home", "bank"], "priority": "high"},
    ),
    (
        "add pay rent #home !low due today",
        "add_task",
        {"title": "pay rent", "due": "today", "tags": ["home"], "priority": "low"},
    ),
    ("add x due someday", "add_task", {"title": "x", "due": "someday"}),
    ("add plan for tomorrow", "add_task", {"title": "plan for tomorrow"}),
    ("add tomorrow", "add_task", {"title": "tomorrow"}),
    ("add due", "add_task", {"title": "due"}),
    ('add "quoted title"', "add_task", {"title": "quoted title"}),
    ("add issue #12 of C# !important", "add_task", {"title": "issue #12 of C# !important"}),
    ("list", "list_tasks", {}),
    ("LIST today", "list_tasks", {"when": "today"}),
    ("list overdue", "list_tasks", {"when": "overdue"}),
    ("list all", "list_tasks", {"status": "all"}),
    ("done 3", "complete_tasks", {"task_ids": [3]}),
    ("done 3 4", "complete_tasks", {"task_ids": [3, 4]}),
    ("done #3, #4 and 5", "complete_tasks", {"task_ids": [3, 4, 5]}),
    ("reopen 3", "reopen_tasks", {"task_ids": [3]}),
    ("delete 3", "delete_tasks", {"task_ids": [3]}),
    ("undo", "undo", {}),
    ("  help  ", None, {}),
]


@pytest.mark.parametrize(("line", "tool", "args"), ONE)
def test_line_is_read_as_a_command(line: str, tool: str | None, args: dict[str, Any]) -> None:
    commands = read_commands(line)
    assert commands is not None
    assert [(c.tool, c.args) for c in commands] == [(tool, args)]


NONE = [
    "",
    "hello",
    "please add milk",
    "I want to add milk",
    "add",
    "added milk",
    "list my tasks",
    "done",
    "done with work",
    "done 3 or 4",
    "delete all",
    "delete 3; drop table",
    "undo that",
    "help me",
    "add milk\nand be quick",
]


@pytest.mark.parametrize("text", NONE)
def test_anything_else_is_no_command(text: str) -> None:
    assert read_commands(text) is None


def test_each_line_of_a_message_is_a_command() -> None:
    commands = read_commands("add a\n\nadd b\nlist")
    assert commands is not None
    assert [c.tool for c in commands] == ["add_task", "add_task", "list_tasks"]
