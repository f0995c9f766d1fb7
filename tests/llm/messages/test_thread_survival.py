"""Whatever stands in a thread, its next message is answered."""

from typing import Any

import pytest

from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import STAND_IN, GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Failure, Step, Stream, calls, says

CORRUPTED = gemini_api.error(400, "Corrupted thought signature.", "INVALID_ARGUMENT")
OTHER_KEY = "AIza-fake-gemini-key-for-tests-only-0002"


def marks(gemini: GeminiServer) -> list[str]:
    """Return the signatures in the last request to Gemini."""
    contents = gemini.requests[-1]["body"]["contents"]
    sent = [part for content in contents for part in content["parts"]]
    return [part["thoughtSignature"] for part in sent if "thoughtSignature" in part]


@pytest.mark.parametrize(
    "change", [{"gemini_model": "gemini-flash-lite-latest"}, {"gemini_api_key": OTHER_KEY}, {}]
)
def test_thread_goes_on_under_another_model_or_key(
    make_relay: Any, gemini: GeminiServer, groq: GroqServer, change: dict[str, str]
) -> None:
    gemini.other_keys = (OTHER_KEY,)
    made = provider_settings(gemini, groq)
    gemini.plays(calls("list_tasks"), says("Nothing is open."))
    make_relay(**made).say("What is open?")
    own = marks(gemini)
    reply = make_relay(**made | change).say("And now?")
    assert (reply.provider, len(reply.attempts), gemini.refusals) == ("gemini", 1, [])
    assert marks(gemini) == ([STAND_IN] if change else own)


def test_second_key_of_the_chain_gets_no_signature_of_the_first(
    make_relay: Any, gemini: GeminiServer
) -> None:
    gemini.other_keys = (OTHER_KEY,)
    relay: Relay = make_relay(
        llm_chain="gemini,gemini2",
        gemini_api_key=gemini.key,
        gemini_base_url=gemini.url,
        numbered={"GEMINI2_API_KEY": OTHER_KEY},
    )
    gemini.plays(calls("list_tasks"), gemini_api.OVERLOADED, says("Nothing is open."))
    reply = relay.say("What is open?")
    assert (reply.provider, marks(gemini), gemini.refusals) == ("gemini2", [STAND_IN], [])


@pytest.mark.parametrize(
    "refusal",
    [CORRUPTED, gemini_api.error(400, "Thought signature is not valid.", "INVALID_ARGUMENT")],
)
def test_own_signatures_that_are_refused_are_left_out_once_and_for_the_next_turn(
    relay: Relay, gemini: GeminiServer, groq: GroqServer, refusal: Failure
) -> None:
    gemini.plays(calls("list_tasks"), refusal, says("Nothing is open."))
    reply = relay.say("What is open?")
    told = [(a["provider"], a["outcome"]) for a in reply.attempts]
    assert told == [("gemini", "answered"), ("gemini", "retried"), ("gemini", "answered")]
    assert marks(gemini) == [STAND_IN]
    asked = gemini.calls
    assert relay.say("And now?").provider == "gemini"
    assert (gemini.calls - asked, marks(gemini)) == (1, [STAND_IN])


def test_prompt_that_a_model_declined_for_no_reason_is_told_to_the_others_alone(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    blocked = b'data: {"promptFeedback": {"blockReason": "OTHER"}}\r\n\r\n'
    gemini.decide = lambda body: (
        Stream(blocked) if "odd thing" in str(body["contents"]) else says("Hello!")
    )
    groq.plays(says("Here is the odd thing."))
    assert relay.say("Say an odd thingummy").provider == "groq"
    asked = gemini.calls
    gemini.decide = lambda body: (
        Stream(blocked) if "thingummy" in str(body["contents"]) else says("Hello!")
    )
    assert relay.say("Hello again").provider == "gemini"
    assert gemini.calls - asked == 1
    assert "Here is the odd thing." in str(gemini.requests[-1]["body"]["contents"])
    gemini.decide = None
    gemini.plays(gemini_api.OVERLOADED)
    assert relay.say("Once more").provider == "groq"
    assert "thingummy" in str(groq.requests[-1]["body"]["messages"])


def test_refusal_without_anything_to_leave_out_is_not_asked_again(
    relay: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(CORRUPTED)
    assert relay.say("Hello").provider == "groq"
    assert gemini.calls == 1


def blocking(wicked: str) -> Any:
    """Return what a provider does that blocks whatever holds these words."""
    blocked = b'data: {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}\r\n\r\n'

    def decide(body: dict[str, Any]) -> Step:
        return Stream(blocked) if wicked in str(body["contents"]) else says("Hello!")

    return decide


def test_harmless_message_after_a_blocked_one_is_answered(
    relay: Relay, gemini: GeminiServer
) -> None:
    gemini.decide = blocking("wicked")
    assert relay.say("Hello").reply == "Hello!"
    assert not relay.say("Say something wicked").ok
    reply = relay.say("Hello again")
    assert (reply.ok, reply.provider, reply.reply) == (True, "gemini", "Hello!")
    sent = str(gemini.requests[-1]["body"]["contents"])
    assert "Hello again" in sent
    assert "safety" not in sent


def test_call_with_arguments_nested_without_end_breaks_no_turn(
    relay: Relay, gemini: GeminiServer
) -> None:
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]
    gemini.plays(calls("list_tasks", when=deep), says("Nothing."))
    assert relay.say("What is open?").reply == "Nothing."
    assert relay.say("And now?").reply == "Nothing."
    assert gemini.refusals == []
