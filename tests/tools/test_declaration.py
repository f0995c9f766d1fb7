"""A tool says at its definition what it does to tasks, and nothing else has to know of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.tasks import Owner, Status, Task, TaskService, actions, results
from app.tools import TaskTools, ToolSet, reads, writes
from app.tools import arguments as arg
from app.tools.task_tools import Runtime
from tests.conftest import Relay, provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import calls, says

ANNOTATE = actions.Action("annotate", "Annotate", "the annotating", changes=(Status.OPEN,))


def annotate(self: TaskService, owner: Owner, ids: Sequence[int | str], notes: str) -> list[Task]:
    """Do what an operation of the service does: one transaction that also writes the history."""
    with self._changing(owner) as (rows, history, now):
        before = list(rows.get([int(task_id) for task_id in ids]).values())
        after = [replace(task, notes=notes) for task in before]
        history.change(ANNOTATE, now, before, after)
    return after


class MoreTools(TaskTools):
    """The tools, and one that was made up here."""

    @writes(ANNOTATE, tasks="task_ids")
    def annotate_tasks(self, runtime: Runtime, task_ids: arg.TaskIds, notes: arg.Notes) -> str:
        """Write a note below tasks."""
        return self._once(
            runtime,
            lambda tasks, owner: "\n".join(
                results.updated([(task, True)], {})
                for task in annotate(tasks, owner, task_ids, notes or "")
            ),
        )


@pytest.fixture
def relay(
    make_relay: Callable[..., Relay],
    gemini: GeminiServer,
    groq: GroqServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Relay:
    """The program with one more tool, and four tasks."""
    monkeypatch.setattr("app.agent.agent.TaskTools", MoreTools)
    monkeypatch.setattr("app.runtime.container.TaskTools", MoreTools)
    relay = make_relay(**provider_settings(gemini, groq))
    container = relay.agent.container
    for title in "abcd":
        container.tasks().add(Owner("ann", container.default_owner.zone), title)
    return relay


def test_new_tool_is_declared_asked_for_done_once_undone_and_told(
    relay: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(
        calls("annotate_tasks", task_ids=[1, "#2", 3, 4], notes="call first"),
        says("Done."),
        calls("undo"),
        says("Undone."),
    )
    reply = relay.say("annotate all")
    (tools,) = gemini.requests[0]["body"]["tools"]
    assert tools["functionDeclarations"][-1]["name"] == "annotate_tasks"
    assert reply.reply.splitlines()[1:] == [
        "- Annotate #1 a, #2 b, #3 c, #4 d (notes call first)",
    ]
    reply = relay.runner.run(relay.agent.confirm("ann", True))
    assert reply.tool_calls[0]["result"].splitlines() == [
        f"Updated #{number} {title} | notes: call first" for number, title in enumerate("abcd", 1)
    ]
    reply = relay.say("undo that")
    assert reply.tool_calls[0]["result"].splitlines() == [
        "Undid the annotating of:",
        *(f"#{number} {title}" for number, title in enumerate("abcd", 1)),
    ]


def silent(self: Any, runtime: Runtime, task_ids: arg.TaskIds) -> str:
    """Say nothing about tasks."""
    return ""


def test_tool_that_says_nothing_is_refused_at_its_definition() -> None:
    with pytest.raises(TypeError, match=r"More\.tool doesn't say what it does to tasks"):
        type("More", (ToolSet,), {"tool": silent})


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({}, "tasks"),
        ({"tasks": None}, "doesn't say which of its parameters names the tasks"),
        ({"tasks": "ids"}, 'no parameter "ids"'),
        ({"tasks": "task_ids", "variants": {"skip": ANNOTATE}}, 'no parameter "skip"'),
    ],
)
def test_tool_that_leaves_out_which_tasks_is_refused_at_its_definition(
    said: dict[str, Any], refusal: str
) -> None:
    with pytest.raises(TypeError, match=refusal):
        writes(ANNOTATE, **said)(silent)


def test_every_tool_says_what_it_does() -> None:
    assert {name: effect.action.name for name, effect in TaskTools.effects.items()} == {
        "add_task": "add",
        "update_task": "update",
        "complete_tasks": "complete",
        "reopen_tasks": "reopen",
        "delete_tasks": "delete",
        "undo": "undo",
    }
    tools = TaskTools(lambda: None)  # type: ignore[arg-type,return-value]
    assert tools.confirmed == {"update_task", "complete_tasks", "reopen_tasks", "delete_tasks"}


def test_tools_of_another_set_are_its_own() -> None:
    more = MoreTools(lambda: None).all()  # type: ignore[arg-type,return-value]
    assert [tool.name for tool in more] == [*TaskTools.methods, "annotate_tasks"]
    assert "annotate_tasks" not in TaskTools.methods

    class Other(ToolSet):
        @reads
        def list_tasks(self, runtime: Runtime) -> str:
            """Answer otherwise."""
            return "other"

    (tool,) = Other().all()
    assert tool.description == "Answer otherwise."
