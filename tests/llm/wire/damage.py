"""Damage good streams at random, as proxies, gateways and models are seen to do, and worse."""

import gzip
import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.fakes.http import ProviderServer
from tests.fakes.steps import Answer, Wire
from tests.llm.wire.good_streams import Draw, frames_of, written
from tests.llm.wire.odd_values import CALLS, KINDS, NOISE, ODD, STATUSES, TEXTS, WAITS

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Damaged:
    """A damaged stream: how it is sent, and its bytes before they were packed."""

    step: Wire
    body: bytes


def answers() -> st.SearchStrategy[Answer]:
    """Draw a good answer: text, one call, two, or both."""
    return st.builds(
        lambda text, calls: Answer(text or ("" if calls else "Fine."), tuple(calls)),
        st.one_of(st.just(""), st.sampled_from(TEXTS)),
        st.one_of(st.just([]), st.lists(st.sampled_from(CALLS), max_size=2)),
    )


def damaged(server: ProviderServer, draw: Draw) -> Damaged:
    """Draw a good answer of a provider, and damage it up to three times in different ways.

    Args:
        server: The provider.
        draw: Draws from a strategy.
    """
    frames = frames_of(server, draw(answers()), draw)
    for _ in range(draw(st.integers(0, 2))):
        draw(st.sampled_from(_FRAME_DAMAGES))(frames, draw)
    events = written(server, frames, draw)
    for _ in range(draw(st.integers(0, 2))):
        events.insert(draw(st.integers(0, len(events))), draw(st.sampled_from(NOISE)))
    body = b"".join(events)
    for _ in range(draw(st.integers(0, 1))):
        damage: Callable[[bytes, Draw], bytes] = draw(st.sampled_from(_BYTE_DAMAGES))
        body = damage(body, draw)
    return Damaged(_sent(body, draw), body)


def _sent(body: bytes, draw: Draw) -> Wire:
    heads = {"content-type": draw(st.sampled_from(KINDS))}
    if draw(st.integers(0, 9)) == 0:
        packed = gzip.compress(body, 1)
        heads["content-encoding"] = "gzip"
        body = packed
    status = draw(st.sampled_from(STATUSES))
    if status != 200 or draw(st.integers(0, 3)) == 0:
        heads["retry-after"] = draw(st.sampled_from(WAITS))
        heads["x-ratelimit-limit-requests"] = heads["x-ratelimit-remaining-requests"] = "0"
        heads["x-ratelimit-reset-requests"] = draw(st.sampled_from(WAITS))
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=4)))
    edges = [0, *cuts, len(body)]
    pieces = tuple(body[a:b] for a, b in pairwise(edges))
    return Wire(pieces, status, heads, cut=draw(st.integers(0, 9)) == 0)


def _drop(frames: list[Any], draw: Draw) -> None:
    if frames:
        del frames[draw(st.integers(0, len(frames) - 1))]


def _double(frames: list[Any], draw: Draw) -> None:
    if frames:
        at = draw(st.integers(0, len(frames) - 1))
        frames.insert(draw(st.integers(0, len(frames))), json.loads(json.dumps(frames[at])))


def _reorder(frames: list[Any], draw: Draw) -> None:
    frames[:] = draw(st.permutations(frames))


def _change(frames: list[Any], draw: Draw) -> None:
    """Put an odd value, or one from elsewhere, in the place of a field."""
    spots = list(_spots(frames))
    if not spots:
        return
    holder, key = draw(st.sampled_from(spots))
    other, at = draw(st.sampled_from(spots))
    value = draw(st.one_of(st.sampled_from(ODD), st.just(other[at])))
    holder[key] = json.loads(json.dumps(value))


def _swap(frames: list[Any], draw: Draw) -> None:
    spots = list(_spots(frames))
    if not spots:
        return
    (a, x), (b, y) = draw(st.sampled_from(spots)), draw(st.sampled_from(spots))
    first, second = json.loads(json.dumps(a[x])), json.loads(json.dumps(b[y]))
    a[x], b[y] = second, first


def _lose(frames: list[Any], draw: Draw) -> None:
    spots = list(_spots(frames))
    if spots:
        holder, key = draw(st.sampled_from(spots))
        del holder[key]


def _one_more_choice(frames: list[Any], draw: Draw) -> None:
    if frames and isinstance(frame := draw(st.sampled_from(frames)), dict):
        for name in ("choices", "candidates"):
            if isinstance(frame.get(name), list) and frame[name]:
                other = json.loads(json.dumps(frame[name][0]))
                if isinstance(other, dict):
                    other["index"] = draw(st.sampled_from([0, 1, 2, "0", None]))
                frame[name].insert(draw(st.integers(0, 1)), other)


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """Return each place in some JSON that holds a value."""
    items = list(value.items() if isinstance(value, dict) else enumerate(value))
    found = []
    for key, inner in items:
        found.append((value, key))
        if isinstance(inner, dict | list):
            found += _spots(inner)
    return found


_FRAME_DAMAGES = (_drop, _double, _reorder, _change, _change, _swap, _lose, _lose, _one_more_choice)


def _cut_out(body: bytes, draw: Draw) -> bytes:
    a, b = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
    return body[:a] + body[b:]


def _end_early(body: bytes, draw: Draw) -> bytes:
    return body[: draw(st.integers(0, len(body)))]


def _put_in(body: bytes, draw: Draw) -> bytes:
    at = draw(st.integers(0, len(body)))
    noise: bytes = draw(st.one_of(st.sampled_from(NOISE), st.binary(max_size=4)))
    return body[:at] + noise + body[at:]


def _turn_a_byte(body: bytes, draw: Draw) -> bytes:
    at = draw(st.integers(0, len(body)))
    return body[:at] + bytes([draw(st.integers(0, 255))]) + body[at + 1 :]


def _line_in_two(body: bytes, draw: Draw) -> bytes:
    """Break a line of data in two, as the standard allows where JSON takes a newline."""
    return body.replace(b", ", b",\ndata: ", draw(st.integers(1, 3)))


def _as_array(body: bytes, draw: Draw) -> bytes:
    return b"[" + body + b"]"


_BYTE_DAMAGES = (_cut_out, _end_early, _put_in, _turn_a_byte, _line_in_two, _as_array)
