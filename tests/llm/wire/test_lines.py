"""Each known oddity of the wire, played to the whole program, does a person no harm."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.llm.wire.lines import lines, stage

FILES = ("wire_failures.jsonl", "wire_cases.jsonl", "wire_finds.jsonl")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("first", ["gemini", "groq"])
def test_every_line_ends_well(
    file: str,
    first: str,
    make_relay: Callable[..., Relay],
    gemini: GeminiServer,
    groq: GroqServer,
) -> None:
    servers = {"gemini": gemini, "groq": groq}
    order = dict(sorted(servers.items(), key=lambda item: item[0] != first))
    played = stage(make_relay, order)
    faults: dict[str, Any] = {}
    for line in lines(file):
        if line["provider"] == first and (found := played.faults(line)):
            faults[f"{line['root']} {line['id']}"] = found
    assert faults == {}


def test_ids_are_unique() -> None:
    ids = [line["id"] for file in FILES for line in lines(file)]
    assert len(ids) == len(set(ids))
