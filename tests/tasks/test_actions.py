"""What can be done to tasks is declared in rows; the history takes nothing else."""

from dataclasses import fields
from typing import Any

import pytest

from app.tasks import Undone, actions, results
from tests.tasks.test_results import NOW, RENT

ROW: dict[str, Any] = {"name": "postpone", "verb": "Postpone", "undone": "x", "changes": ()}


@pytest.mark.parametrize("left_out", ROW)
def test_action_with_a_part_left_out_is_refused(left_out: str) -> None:
    assert set(ROW) == {field.name for field in fields(actions.Action)}
    with pytest.raises(TypeError, match=left_out):
        actions.Action(**{name: value for name, value in ROW.items() if name != left_out})


def test_second_action_of_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match='two actions of the name "delete"'):
        actions.Action(**ROW | {"name": "delete"})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("add", "the adding"),
        ("update", "the change"),
        ("import", "the import"),
        ("complete", "the completion"),
        ("skip", "the skipping"),
        ("reopen", "the reopening"),
        ("delete", "the deletion"),
        ("from a later version", "from a later version"),
    ],
)
def test_undo_is_told_in_the_words_of_its_action(name: str, told: str) -> None:
    assert results.undone([Undone(name, NOW, (RENT,))], {}).startswith(f"Undid {told} of:\n#12 ")
