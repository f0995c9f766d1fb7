"""Event streams are read by the standard's rules, however the bytes are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.wire.event_stream import EventStreamParser


def data_of(*pieces: bytes) -> list[str]:
    """Return the data of the events in some bytes."""
    parser = EventStreamParser()
    events = [event for piece in pieces for event in parser.feed(piece)]
    return [event.data for event in [*events, *parser.end()]]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("data: a\n\ndata: b\n\n", ["a", "b"]),
        ("data:a\n\n", ["a"]),
        ("data:  a\n\n", [" a"]),
        ("data: a\r\n\r\ndata: b\r\rdata: c\n\n", ["a", "b", "c"]),
        (": keep-alive\n\ndata: a\n\n: bye\n\n", ["a"]),
        ("\ufeffdata: a\n\n", ["a"]),
        ("data: a\u2028b\u2029c\u0085d\n\n", ["a\u2028b\u2029c\u0085d"]),
        ("data: a\ndata: b\n\n", ["a\nb"]),
        ("id: 7\nretry: 10\nevent: x\ndata: a\n\n", ["a"]),
        ("event: ping\n\ndata: a\n\n", ["a"]),
        ("data\n\n", [""]),
        ("nonsense: a\ndata: b\n\n", ["b"]),
        ("data: a\n\ndata: the last", ["a", "the last"]),
        ("data: a\r", ["a"]),
        (
            'data: a\n\n{\n  "error": {\n    "code": 503\n  }\n}\n',
            ["a", '{"error": {"code": 503}}'],
        ),
        ("", []),
    ],
)
def test_standard_rules(stream: str, expected: list[str]) -> None:
    assert data_of(stream.encode()) == expected


def test_type_is_that_of_its_own_event_only() -> None:
    parser = EventStreamParser()
    events = list(parser.feed(b"event: ping\ndata: a\n\ndata: b\n\n"))
    assert [(event.type, event.data) for event in events] == [("ping", "a"), ("", "b")]


@given(
    st.lists(
        st.sampled_from(["data: ", "data:", ":", "\n", "\r", "\r\n", "\u2028", "é", "🎉", "x"])
    ),
    st.data(),
)
def test_bytes_cut_anywhere_mean_the_same(parts: list[str], draw: st.DataObject) -> None:
    stream = "".join(parts).encode()
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    edges = [0, *cuts, len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(edges)]
    assert data_of(*pieces) == data_of(stream)
