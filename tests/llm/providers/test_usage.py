"""Ask OpenAI-compatible servers for the count of tokens, and do without where one refuses."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Relay
from tests.fakes import groq as groq_api
from tests.fakes.openai import OpenAIServer, UncountingServer
from tests.fakes.steps import says
from tests.llm.providers.servers import ALL_SDKS

pytestmark = ALL_SDKS

MakeRelay = Callable[..., Relay]


def relay_at(make_relay: MakeRelay, server: OpenAIServer) -> Relay:
    address = {"openai_base_url": f"{server.url}/v1", "openai_api_key": server.key}
    return make_relay(
        llm_chain="openai", openai_model="local-model", llm_prices="local-model=1/2", **address
    )


def entries(relay: Relay) -> list[Any]:
    relay.agent.container.recorder.close()
    clock = relay.agent.container.clock
    return relay.agent.container.ledger().since(clock.now().replace(year=2020))


def test_server_at_an_address_of_its_own_is_asked_for_the_count(make_relay: MakeRelay) -> None:
    server = OpenAIServer()
    try:
        relay = relay_at(make_relay, server)
        server.plays(says("Hello."))
        assert relay.say("Hello").ok
        (entry,) = entries(relay)
        assert (entry.attempt.tokens.incoming, entry.attempt.tokens.outgoing) == (100, 5)
        assert entry.cost == pytest.approx(110e-6)
    finally:
        server.stop()


def test_server_that_refuses_is_asked_again_without_and_remembered(make_relay: MakeRelay) -> None:
    server = UncountingServer()
    try:
        relay = relay_at(make_relay, server)
        server.plays(says("Hello."))
        assert [relay.say("Hello").ok, relay.say("Again").ok] == [True, True]
        asked = ["stream_options" in request["body"] for request in server.requests]
        assert asked == [True, False, False]
        assert [(entry.attempt.tokens, entry.cost) for entry in entries(relay)] == [
            (None, None)
        ] * 2
    finally:
        server.stop()


def test_refusal_of_another_kind_is_not_asked_again(make_relay: MakeRelay) -> None:
    server = OpenAIServer()
    try:
        relay = relay_at(make_relay, server)
        server.plays(groq_api.error(400, "", "context_length_exceeded"))
        assert not relay.say("Hello").ok
        assert server.calls == 1
        server.plays(says("Hello."))
        relay.say("Hello")
        server.plays(groq_api.error(400, "Something else."))
        relay.say("Hello")
        assert server.calls == 3
    finally:
        server.stop()
