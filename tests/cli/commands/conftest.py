"""Give the tests of the commands what was said before."""

import pytest

from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.steps import calls, says


@pytest.fixture
def talked(relay: Relay, gemini: GeminiServer) -> None:
    """Ann has talked in two threads, and Bob in one."""
    gemini.plays(calls("add_task", title="Call the Dentist"), says("Added #1.\nAnything else?"))
    relay.say("remind me of the dentist")
    gemini.plays(says("No\x1b[31m idea."))
    relay.say("what is a molar?", thread="teeth")
    relay.say("bob's secret", user="bob")
