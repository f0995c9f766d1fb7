"""Refuse tools that no model can be told of, when they are bound, in a sentence."""

from collections.abc import Callable
from typing import Any

import pytest

from app.agent import ChatRelay
from app.settings import Settings


class Odd:
    """Something that JSON can't hold."""


def takes_odd(thing: Odd) -> str:
    """Take it."""
    return str(thing)


@pytest.mark.parametrize(
    ("tool", "why"),
    [
        (takes_odd, r"The tool takes_odd can't be read .*: give a function whose arguments JSON"),
        (5, r"The tool 5 can't be read"),
        (None, r"The tool None can't be read"),
        ({}, r"The tool \{\} can't be read"),
        ({"name": "a", "parameters": 5}, "The parameters of the tool a are no JSON schema"),
        (
            {"name": "a", "parameters": {"type": "object", "properties": 5}},
            "The properties of the tool a are no JSON schemas",
        ),
        ({"type": "function", "function": {}}, "A tool has no name"),
    ],
)
def test_tool_that_cannot_be_read_is_refused_in_one_sentence(
    make_settings: Callable[..., Settings], tool: Any, why: str
) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        ChatRelay(settings=make_settings()).bind_tools([tool])
    assert "\n" not in str(refused.value)


def test_tool_without_arguments_may_say_so_with_null(
    make_settings: Callable[..., Settings],
) -> None:
    tool = {"title": "look", "description": "Look.", "properties": None}
    bound: Any = ChatRelay(settings=make_settings()).bind_tools([tool])
    (declared,) = bound.kwargs["tools"]
    assert declared["function"]["parameters"] == {"type": "object", "properties": {}}
