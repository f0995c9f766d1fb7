"""Whatever becomes of a good stream on its way, a person gets a whole answer or an honest word."""

import re
from collections.abc import Callable, Iterator
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.reply import Reply
from tests.conftest import Relay
from tests.fakes.http import ProviderServer
from tests.fakes.steps import Answer
from tests.llm.wire.damage import Damaged, damaged
from tests.llm.wire.lines import DONE, OTHER, Stage, stage
from tests.llm.wire.oracle import told

_CUT = re.compile(r"cut (off|short)|ends here|limit", re.IGNORECASE)
_RAW = re.compile(r'\s*(<tool_call>\s*\{"name"|\{"name": "\w+", "arguments": \{|<\|channel\|>)')
"""How a call begins that came as text, or a thought; none of them is shown."""

_numbers = count()


def test_damaged_streams_do_no_harm(
    servers: dict[str, ProviderServer], make_relay: Callable[..., Relay]
) -> None:
    first, _ = servers
    played = stage(make_relay, servers)

    @settings(suppress_health_check=list(HealthCheck))
    @given(st.data())
    def play(data: st.DataObject) -> None:
        sent = damaged(played.servers[first], data.draw)
        assert list(faults(played, first, sent)) == [], sent.step

    play()


def faults(played: Stage, first: str, sent: Damaged) -> Iterator[str]:
    """Play a damaged stream; yield what went wrong, in words.

    Args:
        played: The program and its providers.
        first: The provider whose stream it is.
        sent: The stream.
    """
    (other,) = set(played.servers) - {first}
    thread = f"damage-{next(_numbers)}"
    played.servers[first].plays(sent.step, Answer(text=DONE))
    played.servers[other].plays(Answer(text=OTHER))
    reply = played.relay.say("add milk, then list my tasks", thread=thread)
    yield from _shown(reply, first, sent)
    yield from _run(reply, first, sent)
    yield from played.ends_well(thread, first)


def _shown(reply: Reply, first: str, sent: Damaged) -> Iterator[str]:
    text = reply.reply
    if reply.confirmation is not None or text in (OTHER, DONE):
        return
    found = told(first, sent.body)
    if not reply.ok:
        if "broke inside" in text or "safety" not in text:
            yield f"nobody answered: {text!r}"
        return
    if _RAW.match(text):
        yield f"shown {text!r}, which is a call"
    if not found.whole or sent.step.status != 200:
        yield f"shown {text!r}, though the answer came to no good end: {found}"
    cut = {"length", "MAX_TOKENS", "max_tokens"} & set(found.reasons)
    if cut and not _CUT.search(text):
        yield f"shown {text!r}, which doesn't say that it is cut"
    if not cut and text.strip() != found.said:
        yield f"shown {text!r}, sent {found.said!r}"


def _run(reply: Reply, first: str, sent: Damaged) -> Iterator[str]:
    calls = list(reply.tool_calls)
    if not calls:
        return
    found = told(first, sent.body)
    if not found.whole or sent.step.status != 200:
        yield f"ran {calls} of an answer that came to no good end: {found}"
    for call in calls:
        if not found.may_run(call["args"]):
            yield f"ran {call}, whose arguments were {found.pieces}"
