"""A field of another name is taken or refused in words; none is dropped in silence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import Settings, task_tools
from app.errors import TaskRefusal
from app.runtime import close_container, shared_container
from app.tools import TaskTools
from app.tools.field_names import OTHER_NAMES, known_fields

TOOLS = {
    tool.name: frozenset(tool.args) - {"runtime"}
    for tool in TaskTools(lambda: None).all()  # type: ignore[arg-type,return-value]
}
Call = Callable[..., str]


@pytest.fixture
def call(data_dir: Path, lay_stores: Callable[..., Path]) -> Any:
    """Call a tool as a host's agent does, and return what the model reads."""
    lay_stores(data_dir)
    settings = Settings(data_dir=data_dir, timezone="UTC")
    tools = {tool.name: tool for tool in task_tools(settings, "ann")}

    def called(name: str, /, **args: Any) -> str:
        sent = {"name": name, "args": args, "id": "1", "type": "tool_call"}
        return str(tools[name].invoke(sent).content)

    yield called
    close_container(shared_container(settings))


def test_names_of_other_programs_are_taken_where_they_mean_one_thing(call: Call) -> None:
    told = call(
        *("add_task",),
        content="Renew passport",
        dueDate="2099-03-13",
        description="bring photos",
        labels=["home"],
        status="open",
        importance="high",
    )
    assert told == (
        "<data>Added #1 Renew passport | due Fri 2099-03-13 | high | #home | notes: bring photos"
        "</data>"
    )
    assert "due Sat 2099-03-14" in call("update_task", id=1, due_string="2099-03-14")
    assert "1 in all" in call("list_tasks", due="2099-03-14", completed=False)
    assert "No tasks found" in call("list_tasks", query="passport", due_date="2099-03-15")
    assert "Completed #1" in call("complete_tasks", ids=[{"id": 1}])
    assert "Undid the completion" in call("undo", n=1)


@pytest.mark.parametrize(
    ("name", "args", "told"),
    [
        ("add_task", {"title": "a", "reminder": "10m"}, "nothing here can remind"),
        ("add_task", {"title": "a", "estimate": "1h"}, 'there is no field "estimate"'),
        ("add_task", {"title": "a", "status": "done"}, "complete_tasks finishes it"),
        ("add_task", {"title": "a", "due": "friday", "date": "monday"}, '"due" is given twice'),
        ("list_tasks", {"limit": 5}, "a page has 20 lines"),
        ("update_task", {"task_id": 1, "completed": True}, "send complete_tasks"),
        ("update_task", {"task_id": 1, "tags": ["x"]}, "send add_tags and remove_tags"),
        ("complete_tasks", {"task_ids": [1], "note": "x"}, 'there is no field "note"'),
        ("undo", {"steps": 1, "task": 3}, 'there is no field "task"'),
    ],
)
def test_what_is_no_field_is_refused_in_a_sentence_and_nothing_is_done(
    call: Call, name: str, args: dict[str, Any], told: str
) -> None:
    call("add_task", title="first")
    refused = call(name, **args)
    assert told in refused
    assert f"its fields are {', '.join(sorted(TOOLS[name]))}." in refused
    assert call("list_tasks", status="all").count("#") == 1


def test_no_name_of_a_field_means_two_of_them() -> None:
    assert set(OTHER_NAMES) == set(TOOLS)
    for tool, fields in OTHER_NAMES.items():
        assert set(fields) <= TOOLS[tool]
        others = [other for names in fields.values() for other in names]
        assert len(others) == len(set(others))


@given(st.sampled_from(sorted(TOOLS)), st.text(min_size=1), st.integers(min_value=1))
def test_no_field_is_dropped_in_silence(tool: str, name: str, value: int) -> None:
    known: dict[str, int] = {}
    refusal = ""
    try:
        known = known_fields(tool, {name: value}, TOOLS[tool])
    except TaskRefusal as refused:
        refusal = str(refused)
    assert list(known.values()) == [value] or name[:40] in refusal


def test_several_tasks_are_changed_in_one_call_and_one_undo_takes_it_back(call: Call) -> None:
    for title in ("a", "b", "c"):
        call("add_task", title=title)
    told = call("update_task", task_ids=[1, 2, 3], due="2099-03-13", add_tags=["x"])
    assert [line.split(" | ")[0] for line in told.removeprefix("<data>").split("\n")] == [
        "Updated #1 a",
        "Updated #2 b",
        "Updated #3 c",
    ]
    assert "3 in all" in call("list_tasks", when="2099-03-13", tag="x")
    assert "#9: no such task" in call("update_task", task_ids=[1, 9], due="2099-03-20")
    assert "3 in all" in call("list_tasks", when="2099-03-13"), "all or nothing"
    call("undo")
    assert "3 in all" in call("list_tasks", when="no_date")
