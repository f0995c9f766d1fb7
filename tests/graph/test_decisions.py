"""Read decisions in the forms of several chats; `test_confirmation.py` asks the whole program."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.graph.decisions import Edit, Verdict, verdicts

YES, NO = Verdict(approved=True), Verdict(approved=False)
UNREADABLE = Verdict(approved=False, words="the answer to the question could not be read")
ONLY_SEVEN = Verdict(approved=False, words="only 7")
SEVEN = Verdict(approved=True, edit=Edit("delete_tasks", {"task_ids": [7]}))


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (True, YES),
        ("yes", YES),
        (" OK. ", YES),
        ("true", YES),
        ({"type": "accept"}, YES),
        ([{"type": "accept", "args": None}], YES),
        ([{"type": "accept", "args": {"action": "delete_tasks", "args": {}}}], YES),
        ({"decisions": [{"type": "approve"}]}, YES),
        ('{"decisions": [{"type": "approve"}]}', YES),
        (False, NO),
        ("No!", NO),
        ({"type": "ignore", "args": None}, NO),
        ([{"type": "ignore", "args": None}], NO),
        ({"decisions": [{"type": "reject"}]}, NO),
        ("only 7", ONLY_SEVEN),
        ([{"type": "response", "args": "only 7"}], ONLY_SEVEN),
        ({"decisions": [{"type": "respond", "message": "only 7"}]}, ONLY_SEVEN),
        ({"decisions": [{"type": "reject", "message": "only 7"}]}, ONLY_SEVEN),
        (
            {
                "decisions": [
                    {
                        "type": "edit",
                        "edited_action": {"name": "delete_tasks", "args": {"task_ids": [7]}},
                    }
                ]
            },
            SEVEN,
        ),
        (
            [{"type": "edit", "args": {"action": "delete_tasks", "args": {"task_ids": [7]}}}],
            SEVEN,
        ),
    ],
)
def test_one_request(answered: Any, expected: Verdict) -> None:
    assert list(verdicts(answered, 1)) == [expected]


@pytest.mark.parametrize(
    "nonsense",
    [
        *(None, "", " ", 1, 1.0, [], {}, [[]], {"decisions": True}, {"decisions": {}}),
        *({"type": "later"}, {"type": ["approve"]}, {"type": None}, [None], [{}]),
        *({"type": "edit"}, {"type": "edit", "edited_action": {"name": 1, "args": {}}}),
        *([{"type": "edit", "args": "only 7"}], [{"type": "accept"}] * 2),
    ],
)
def test_what_cannot_be_read_declines(nonsense: Any) -> None:
    assert list(verdicts(nonsense, 1)) == [UNREADABLE]


def test_several_requests() -> None:
    assert list(verdicts(True, 3)) == [YES] * 3
    assert list(verdicts({"type": "accept"}, 2)) == [YES] * 2
    assert list(verdicts("only 7", 2)) == [ONLY_SEVEN] * 2
    each = [{"type": "approve"}, {"type": "response", "args": "only 7"}]
    assert list(verdicts({"decisions": each}, 2)) == [YES, ONLY_SEVEN]
    assert list(verdicts([True, False], 2)) == [YES, NO]
    for unclear in ([{"type": "accept"}], [*each, {}], [*each[:1], {"type": "later"}]):
        assert list(verdicts(unclear, 2)) == [UNREADABLE] * 2
    edit = {"type": "edit", "args": {"action": "delete_tasks", "args": {}}}
    assert list(verdicts(edit, 2)) == [UNREADABLE] * 2, "which of them is meant?"


JSON: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["approve", "accept", "edit", "reject", "respond", "yes", "no"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "decisions", "args", "message", "edited_action", "name"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(JSON, st.integers(1, 3))
def test_nothing_runs_that_nobody_has_said_yes_to(answered: Any, count: int) -> None:
    found = list(verdicts(answered, count))
    assert len(found) == count
    words = json.dumps(answered).lower()
    yes = ("true", "accept", "approve", "yes", "ok", "edit", '"y')
    assert not any(each.approved for each in found) or any(word in words for word in yes)
    assert list(verdicts(json.dumps(answered), count)) == found or not isinstance(
        answered, list | dict
    )
