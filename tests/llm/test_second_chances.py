"""What a turn comes to in which two things go wrong, at the times and limits of the settings."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage

from app.llm.attempts import Attempts
from app.llm.call import ModelCall
from app.llm.chain import ModelChain
from app.llm.declarations.tool_set import ToolSet
from app.llm.failures import ModelCallError
from app.llm.stream import TimeLimits
from app.settings import Settings
from app.telemetry import Attempt
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import says
from tests.fakes.virtual_time import LoopClock, run
from tests.llm.scripted import Cut, Late, ProviderSaidError, Scripted, Turn

BUSY, BROKEN = ProviderSaidError(503, "overloaded"), ProviderSaidError(500, "internal")
REJECTED, RETIRED = ProviderSaidError(401, "bad key"), ProviderSaidError(404, "retired")
RESET = ConnectionResetError(104, "Connection reset by peer")
EMPTY = AIMessageChunk(content="", response_metadata={"finish_reason": "stop"})
WHOLE = "Here is the whole answer."
SLOW = Late(20, WHOLE)
SILENT = None


def limited(seconds: int) -> ProviderSaidError:
    return ProviderSaidError(429, f"Rate limit reached. Please try again in {seconds}s.")


@dataclass(frozen=True)
class Turned:
    """How a turn ended: what was said, by whom, after how many seconds and calls."""

    text: str
    place: str
    seconds: float
    attempts: list[Attempt]
    calls: tuple[int, ...]


class World:
    """A chain of scripted models at the default settings, in a time that jumps."""

    def __init__(self, **scripts: tuple[Turn, ...]) -> None:
        default, self.clock = Settings(), LoopClock()
        limits = TimeLimits(
            default.first_token_timeout, default.stall_timeout, default.model_timeout
        )
        self._seconds = default.turn_timeout
        self.models = [
            Scripted(*script, name=name, clock=self.clock, limits=limits)
            for name, script in scripts.items()
        ]
        self.chain = ModelChain(
            [model.guard for model in self.models],
            [],
            ToolSet(()),
            offline=False,
            clock=self.clock,
        )

    async def turn(self) -> Turned:
        """Ask once."""
        began = self.clock.monotonic()
        plan = self.chain.plan(began + self._seconds)
        call = ModelCall([HumanMessage("Hello there")], Attempts(), plan)
        runnable = self.chain.runnable(plan)
        assert runnable is not None
        try:
            answer = await runnable.ainvoke(call)
            text, place = str(answer.text), answer.response_metadata["provider"]
        except ModelCallError:
            text, place = "", ""
        seconds = self.clock.monotonic() - began
        calls = tuple(len(model.played.asked) for model in self.models)
        return Turned(text, place, seconds, call.attempts.made, calls)


@pytest.mark.parametrize(
    ("scripts", "place", "seconds"),
    [
        ({"gemini": (BUSY,), "groq": (BROKEN, WHOLE)}, "groq", 0.5),
        ({"gemini": (BROKEN, WHOLE), "groq": (BUSY,)}, "gemini", 0.5),
        ({"gemini": (RESET, WHOLE)}, "gemini", 0.5),
        ({"groq": (BROKEN, WHOLE)}, "groq", 0.5),
        ({"gemini": (Cut("Here is"), WHOLE)}, "gemini", 0.5),
        ({"gemini": (EMPTY, WHOLE), "groq": (REJECTED,)}, "gemini", 0.5),
        ({"gemini": (limited(2), WHOLE), "groq": (limited(3), WHOLE)}, "gemini", 2),
        ({"gemini": (limited(2),), "groq": (limited(3), WHOLE)}, "groq", 3),
        ({"gemini": (BUSY,), "groq": (SLOW,)}, "groq", 20),
        ({"gemini": (SILENT,), "groq": (SLOW,)}, "groq", 30),
        ({"gemini": (SLOW,), "groq": (SILENT,)}, "gemini", 55.5),
        ({"gemini": (SILENT, WHOLE), "groq": (BUSY,)}, "gemini", 10.5),
        ({"gemini": (BROKEN, WHOLE), "groq": (SILENT,)}, "gemini", 30.5),
        ({"groq": (SLOW,)}, "groq", 20),
    ],
)
def test_turn_in_which_two_things_go_wrong_is_answered_by_who_can(
    scripts: dict[str, tuple[Turn, ...]], place: str, seconds: float
) -> None:
    turned = run(World(**scripts).turn())
    assert (turned.text, turned.place) == (WHOLE, place)
    assert seconds - 0.1 <= turned.seconds <= seconds + 0.01


@pytest.mark.parametrize(
    ("scripts", "seconds", "calls"),
    [
        ({"gemini": (BUSY,), "groq": (BROKEN,)}, 0.5, (2, 2)),
        ({"gemini": (Cut("Here is"),), "groq": (Cut("Here"),)}, 0.5, (2, 2)),
        ({"gemini": (REJECTED,), "groq": (RETIRED,)}, 0, (1, 1)),
        ({"gemini": (BUSY,)}, 0.5, (2,)),
        ({"gemini": (limited(300),), "groq": (BUSY,)}, 0.5, (1, 2)),
    ],
)
def test_turn_that_nobody_can_answer_ends_soon(
    scripts: dict[str, tuple[Turn, ...]], seconds: float, calls: tuple[int, ...]
) -> None:
    turned = run(World(**scripts).turn())
    assert (turned.text, turned.calls) == ("", calls)
    assert seconds - 0.1 <= turned.seconds <= seconds + 0.01


def test_two_silent_models_use_no_more_than_the_turn() -> None:
    assert run(World(gemini=(SILENT,), groq=(SILENT,)).turn()).seconds <= 60


def test_second_chance_costs_nothing_while_anybody_answers() -> None:
    turned = run(World(gemini=(BUSY,), groq=(WHOLE,)).turn())
    assert (turned.place, turned.seconds, turned.calls) == ("groq", 0, (1, 1))


def test_models_that_our_breakers_keep_out_are_asked_before_a_turn_is_given_up() -> None:
    world = World(gemini=(BUSY,), groq=(*[BROKEN] * 4, WHOLE))

    async def three_turns() -> list[Turned]:
        return [await world.turn() for _ in range(3)]

    last = run(three_turns())[-1]
    assert last.text == WHOLE
    assert [str(each.outcome) for each in last.attempts[:2]] == ["skipped", "skipped"]


def test_second_round_says_who_follows_whom() -> None:
    attempts = run(World(gemini=(BUSY,), groq=(BROKEN, WHOLE)).turn()).attempts
    followed = [(each.place, each.following) for each in attempts]
    assert followed == [("gemini", "groq"), ("groq", None), ("gemini", "groq"), ("groq", None)]
    assert [each.position for each in attempts] == [0, 1, 0, 1]


MakeRelay = Callable[..., Relay]


def test_whole_program_answers_a_turn_in_which_two_things_go_wrong(
    make_relay: MakeRelay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.error(500, "Internal Server Error"), says("Hi."))
    reply = make_relay(**provider_settings(gemini, groq)).say("Hello")
    assert (reply.ok, reply.reply, reply.provider) == (True, "Hi.", "groq")


def test_whole_program_tells_in_one_sentence_that_both_are_down(
    make_relay: MakeRelay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    relay = make_relay(**provider_settings(gemini, groq), offline_fallback=False)
    reply = relay.say("Hello")
    assert not reply.ok
    assert reply.reply.startswith("No language model could answer (Gemini (")
    assert (gemini.calls, groq.calls) == (2, 2)
