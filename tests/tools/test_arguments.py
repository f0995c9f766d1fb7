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
        ('[1, "2"]', [1, 2]),
        ("Pay rent", ["Pay rent"]),
        (["1 or 2"], ["1 or 2"]),
    ],
)
def test_ids_are_read_in_every_spelling(sent: Any, meant: list[int]) -> None:
    assert read(arg.TaskIds, sent) == meant


@pytest.mark.parametrize("sent", [[None], {}, [True], [1.5], [[1]], None])
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
    ],
)
def test_tags_are_read_in_every_spelling(sent: Any, meant: list[str]) -> None:
    assert read(arg.Tags, sent) == meant


def test_other_scalars() -> None:
    assert read(arg.TaskId, "#12") == 12
    assert read(arg.Offset, "null") == 0
    assert read(arg.Offset, "20") == 20
    assert read(arg.AllowDuplicate, "null") is False
    assert read(arg.AllowDuplicate, "true") is True
    assert read(arg.Title, 2026) == "2026"
    assert read(arg.Due, 20260313) == "20260313"
