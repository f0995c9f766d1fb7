"""In which order messages stand in a thread."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, RemoveMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from app.graph.message_reducer import merge_messages


def said(*ids: str) -> list[Any]:
    return [HumanMessage(message_id, id=message_id) for message_id in ids]


@pytest.mark.parametrize(
    ("known", "new", "merged"),
    [
        ("", "a", "a"),
        ("ab", "c", "abc"),
        ("ab", "b", "ab"),
        ("ab", "abc", "abc"),
        ("cd", "abcd", "abcd"),
        ("cd", "abcde", "abcde"),
        ("ce", "cde", "cde"),
        ("bd", "abcde", "abcde"),
        ("ab", "cb", "acb"),
        ("ab", "cac", "cab"),
        ("ab", "ccab", "cab"),
    ],
)
def test_message_that_is_new_stands_where_it_was_said(known: str, new: str, merged: str) -> None:
    messages = merge_messages(said(*known), said(*new))
    assert [message.id for message in messages] == list(merged)


def test_known_message_is_replaced_by_what_comes_under_its_id() -> None:
    merged = merge_messages(said("a", "b"), [AIMessage("other", id="a")])
    assert [message.text for message in merged] == ["other", "b"]


def test_removing_goes_as_in_any_graph() -> None:
    merged = merge_messages(said("a", "b"), [RemoveMessage(id="a"), *said("c")])
    assert [message.id for message in merged] == ["b", "c"]
    everything = RemoveMessage(id=REMOVE_ALL_MESSAGES)
    merged = merge_messages(said("a", "b"), [everything, *said("b", "a")])
    assert [message.id for message in merged] == ["b", "a"]


def test_what_is_said_may_have_any_form() -> None:
    merged = merge_messages([], ("user", "hi"))
    merged = merge_messages(merged, AIMessageChunk(content="Hello", id="x"))
    merged = merge_messages(merged, [{"role": "user", "content": "bye"}])
    assert [(message.type, message.text) for message in merged] == [
        ("human", "hi"),
        ("ai", "Hello"),
        ("human", "bye"),
    ]
    assert all(message.id for message in merged)
    merged = merge_messages(merged, [AIMessageChunk(content="earlier"), merged[2]])
    assert [message.text for message in merged] == ["hi", "Hello", "earlier", "bye"]
