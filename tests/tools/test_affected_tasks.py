"""Which tasks a call would change, and what a person is asked about it."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from langchain_core.messages import ToolCall

from app.tasks import Owner, TaskService
from app.tools import ChangeFinder, PlannedChange, TaskTools

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

ANN = Owner("ann", ZoneInfo("UTC"))


@pytest.fixture
def filled(service: TaskService) -> TaskService:
    """Open are a and b, done is c, deleted is d."""
    for title in "abcd":
        service.add(ANN, title)
    service.complete(ANN, [3])
    service.delete(ANN, [4])
    return service


def found(service: TaskService, name: str, **args: Any) -> dict[int, PlannedChange]:
    tools = TaskTools(lambda: None)  # type: ignore[arg-type,return-value]
    return ChangeFinder(tools, service, ANN).find([ToolCall(name=name, args=args, id="1")])


def asked(service: TaskService, name: str, **args: Any) -> str:
    return found(service, name, **args)[0].description


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("complete_tasks", "Complete #1 a, #2 b"),
        ("reopen_tasks", "Reopen #3 c, #4 d"),
        ("delete_tasks", "Delete #1 a, #2 b, #3 c"),
    ],
)
def test_only_tasks_that_would_change_are_asked_about(
    filled: TaskService, name: str, told: str
) -> None:
    assert asked(filled, name, task_ids=[1, 2, 3, 4, 99]) == told


@pytest.mark.parametrize("ids", [[1, 2], "1, 2", "#1 and #2", '["a", 2]', ["a", "b"], [1, 2, 1]])
def test_ids_are_read_as_the_tool_reads_them(filled: TaskService, ids: Any) -> None:
    assert asked(filled, "delete_tasks", task_ids=ids) == "Delete #1 a, #2 b"


@pytest.mark.parametrize("name", ["ids", "taskIds", "tasks", "task_id", "numbers"])
def test_change_under_another_name_of_the_field_is_asked_about(
    filled: TaskService, name: str
) -> None:
    assert asked(filled, "delete_tasks", **{name: [1, 2]}) == "Delete #1 a, #2 b"


@pytest.mark.parametrize("args", [{}, {"task_ids": None}, {"task_ids": {"x": 1}}, {"colour": 1}])
def test_call_that_the_tool_refuses_changes_nothing(
    filled: TaskService, args: dict[str, Any]
) -> None:
    assert found(filled, "delete_tasks", **args) == {}
    assert found(filled, "update_task", **args) == {}


@pytest.mark.parametrize(
    ("skip", "verb"),
    [
        (True, "Skip"),
        ("true", "Skip"),
        (False, "Complete"),
        ("false", "Complete"),
        ("null", "Complete"),
        (None, "Complete"),
        ("nonsense", "Complete"),
    ],
)
def test_verb_is_that_of_what_would_happen(filled: TaskService, skip: Any, verb: str) -> None:
    assert asked(filled, "complete_tasks", task_ids=[1], skip=skip) == f"{verb} #1 a"


def test_question_about_a_change_says_what_becomes_of_the_task(filled: TaskService) -> None:
    args = {"title": "A", "due": "", "notes": None, "add_tags": [], "blocked_by": [2]}
    told = asked(filled, "update_task", task_id="#1", **args)
    assert told == "Change #1 a (title A, blocked_by [2])"


def test_long_question_names_fifty_tasks_and_the_number(filled: TaskService) -> None:
    for number in range(5, 61):
        filled.add(ANN, f"t{number}")
    told = asked(filled, "delete_tasks", task_ids=list(range(1, 61)))
    assert (told.count("#"), told.rsplit(", ", 1)[1]) == (50, "... 59 tasks in all")


@pytest.mark.parametrize("name", ["add_task", "list_tasks", "undo", "no_such_tool"])
def test_what_changes_no_existing_task_is_not_asked_about(filled: TaskService, name: str) -> None:
    assert found(filled, name, task_ids=[1], task_id=1, title="a") == {}


def test_calls_are_told_apart_by_their_position(filled: TaskService) -> None:
    calls = [
        ToolCall(name="list_tasks", args={}, id="1"),
        ToolCall(name="delete_tasks", args={"task_ids": [1]}, id="1"),
        ToolCall(name="delete_tasks", args={"task_ids": [99]}, id="1"),
        ToolCall(name="update_task", args={"task_id": 2}, id="1"),
    ]
    tools = TaskTools(lambda: None)  # type: ignore[arg-type,return-value]
    changes = ChangeFinder(tools, filled, ANN).find(calls)
    assert {
        position: [task.id for task in change.tasks] for position, change in changes.items()
    } == {
        1: [1],
        3: [2],
    }
