import pytest
from langchain_core.tools import BaseTool, tool

from app.clock import SystemClock
from app.errors import InputError
from app.llm.call import ModelCall
from app.llm.chain import ModelChain, build_chain
from app.llm.declarations.tool_set import ToolSet
from app.llm.plan import Plan
from app.settings import Settings
from tests.llm.memory import no_breakers, no_quotas

PLAN = Plan(("gemini", "groq", "groq2"), 10.0, ToolSet(()))


@tool
def add(title: str) -> str:
    """Add a task."""
    return title


@tool
def drop(title: str) -> str:
    """Remove a task."""
    return title


def chain(*tools: BaseTool, **more: object) -> ModelChain:
    keys = {"gemini_api_key": "AIza-fake", "groq_api_key": "gsk_fake"}
    settings = Settings(**keys | more)  # type: ignore[arg-type]
    return build_chain(settings, tools, no_breakers(), no_quotas(), SystemClock())


def test_plan_says_who_stands_where_and_who_follows() -> None:
    assert [PLAN.position(place) for place in PLAN.order] == [0, 1, 2]
    assert [PLAN.following(place) for place in PLAN.order] == ["groq", "groq2", None]


def test_plan_of_second_chances_has_its_own_order_and_keeps_the_positions() -> None:
    again = PLAN.asking_again(("groq2", "gemini"))
    assert [again.position(place) for place in PLAN.order] == [0, 1, 2]
    assert (again.following("groq2"), again.following("gemini")) == ("gemini", None)
    assert (again.deadline, again.tools) == (PLAN.deadline, PLAN.tools)


def test_tool_sets_are_one_where_they_hold_the_same_tools_and_choice() -> None:
    assert ToolSet([add, drop]) == ToolSet((add, drop))
    assert len({ToolSet([add]), ToolSet([add]), ToolSet([add], "any"), ToolSet([drop])}) == 3
    assert ToolSet([add]) != (add,)


def test_asking_another_place_first_is_another_order_of_the_same_guards() -> None:
    built = chain()
    assert built.plan(1.0).order == ("gemini", "groq")
    assert built.plan(1.0, ask_first="groq").order == ("groq", "gemini")
    with pytest.raises(InputError, match='no "openai" in the model chain; it has gemini, groq'):
        built.plan(1.0, ask_first="openai")


def test_chain_of_a_plan_is_the_primary_with_the_others_as_its_fallbacks() -> None:
    built = chain(offline_fallback=False)
    runnable = built.runnable(built.plan(1.0, ask_first="groq"))
    assert runnable.runnable is built.guards["groq"]  # type: ignore[union-attr]
    assert runnable.fallbacks[0] is built.guards["gemini"]  # type: ignore[union-attr]


def test_chain_is_built_once_for_each_order_and_tool_set() -> None:
    built = chain()
    first = built.runnable(built.plan(1.0))
    assert built.runnable(built.plan(2.0)) is first
    assert built.runnable(built.plan(1.0, ask_first="groq")) is not first
    assert built.runnable(Plan(("gemini", "groq"), 1.0, ToolSet([add]))) is not first


def test_chain_without_models_and_without_the_offline_responder_is_none() -> None:
    nobody = chain(gemini_api_key=None, groq_api_key=None, offline_fallback=False)
    assert nobody.runnable(nobody.plan(1.0)) is None
    assert nobody.missing_keys == ("GEMINI_API_KEY", "GROQ_API_KEY")


def test_call_holds_what_a_guard_knows_of_its_neighbours() -> None:
    known = {"plan", "attempts", "messages", "exchange", "receiver"}
    assert known == set(ModelCall.__dataclass_fields__)
