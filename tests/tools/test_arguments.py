from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.tools import arguments as arg


def read(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize("nothing", [None, "", "  ", "null", "NULL", "undefined"])
@pytest.mark.parametrize("kind", [arg.Due, arg.Priority, arg.Tags, arg.Notes, arg.When, arg.Tag])
def test_what_small_models_send_for_nothing_is_nothing(kind: Any, nothing: Any) -> None:
    assert read(kind, nothing) is None


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ([3, 4], [3, 4]),
        (5, [5]),
        ("5", [5]),
        ("#5", [5]),
        (["#5", "6", 7.0], [5, 6, 7]),
        ("1, 2 and 3", [1, 2, 3]),
        ("1 2", [1, 2]),
        ("1, 2, and #3", [1, 2, 3]),
        ("1; 2 & 3,", [1, 2, 3]),
        ('[1, "2"]', [1, 2]),
        ("Pay rent", ["Pay rent"]),
        (["1 or 2"], ["1 or 2"]),
    ],
)
def test_ids_are_read_in_every_spelling(sent: Any, meant: list[int]) -> None:
    assert read(arg.TaskIds, sent) == meant


@pytest.mark.parametrize("sent", [[None], {}, [True], [1.5], [[1, 2]], None])
def test_ids_that_are_none_are_refused(sent: Any) -> None:
    with pytest.raises(ValidationError):
        read(arg.TaskIds, sent)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (["a", "b"], ["a", "b"]),
        ("a", ["a"]),
        ("a, b", ["a", "b"]),
        ('["a", "b"]', ["a", "b"]),
        ([2026, None, "a"], ["2026", "a"]),
    ],
)
def test_tags_are_read_in_every_spelling(sent: Any, meant: list[str]) -> None:
    assert read(arg.Tags, sent) == meant


@pytest.mark.parametrize(
    "kind", [arg.Due, arg.Priority, arg.Tags, arg.Project, arg.Repeat, arg.Notes, arg.NewTitle]
)
def test_none_is_not_given_where_there_is_nothing_to_clear(kind: Any) -> None:
    assert read(kind, "None") is None
    assert read(kind, "none of it") is not None
    assert [read(arg.NewDue, "none"), read(arg.GoneTags, "none")] == ["none", ["none"]]


def test_other_scalars() -> None:
    assert read(arg.TaskId, "#12") == 12
    assert read(arg.TaskId, "[12]") == 12
    assert read(arg.Offset, "null") == 0
    assert read(arg.Offset, "20") == 20
    assert read(arg.AllowDuplicate, "null") is False
    assert read(arg.AllowDuplicate, "true") is True
    assert read(arg.Title, 2026) == "2026"
    assert read(arg.Due, 20260313) == "20260313"


@pytest.mark.parametrize(
    ("kind", "sent", "meant"),
    [
        (arg.NewParentId, 0, "none"),
        (arg.NewParentId, "none", "none"),
        (arg.NewParentId, "#4", 4),
        (arg.NewParentId, "null", None),
        (arg.NewBlockedBy, [0], ["none"]),
        (arg.NewBlockedBy, "none", ["none"]),
        (arg.NewBlockedBy, "1 and 2", [1, 2]),
        (arg.NewBlockedBy, [], None),
        (arg.BlockedBy, "#3", [3]),
        (arg.BlockedBy, "", None),
        (arg.BlockedBy, "none", None),
        (arg.BlockedBy, [0], None),
        (arg.BlockedBy, "[0]", None),
        (arg.BlockedBy, "[]", None),
        (arg.Tags, "[0]", None),
        (arg.NewTitle, "[0, 1]", "[0, 1]"),
        (arg.ParentId, "none", None),
        (arg.Skip, "null", False),
        (arg.Skip, "true", True),
        (arg.Steps, "2", 2),
    ],
)
def test_links_and_switches_are_read_in_every_spelling(kind: Any, sent: Any, meant: Any) -> None:
    assert read(kind, sent) == meant
