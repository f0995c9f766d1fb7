"""Each known oddity of the wire, played to the whole program, does a person no harm."""

from collections.abc import Callable
from typing import Any

from tests.conftest import Relay
from tests.fakes.http import ProviderServer
from tests.llm.wire.lines import lines, stage

FILES = ("wire_failures.jsonl", "wire_cases.jsonl", "wire_finds.jsonl")


def test_every_line_ends_well(
    servers: dict[str, ProviderServer], make_relay: Callable[..., Relay]
) -> None:
    first, _ = servers
    played = stage(make_relay, servers)
    faults: dict[str, Any] = {}
    for line in (line for file in FILES for line in lines(file)):
        if line["provider"] == first and (found := played.faults(line)):
            faults[f"{line['root']} {line['id']}"] = found
    assert faults == {}


def test_ids_are_unique() -> None:
    ids = [line["id"] for file in FILES for line in lines(file)]
    assert len(ids) == len(set(ids))
