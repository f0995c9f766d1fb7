"""Each known oddity of the wire, played to the whole program, does a person no harm."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.llm.wire.lines import lines, stage

FILES = ("wire_failures.jsonl",)
LINES = [line for name in FILES for line in lines(name)]


@pytest.mark.parametrize("first", ["gemini", "groq"])
def test_every_line_ends_well(
    first: str, make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    servers = {"gemini": gemini, "groq": groq}
    order = dict(sorted(servers.items(), key=lambda item: item[0] != first))
    played = stage(make_relay, order)
    faults: dict[str, Any] = {}
    for line in LINES:
        if line["provider"] == first and (found := played.faults(line)):
            faults[f"{line['root']} {line['id']}"] = found
    assert faults == {}
