"""How a conversation is shaped for Gemini, and for everybody else: the rules one by one."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolCall,
    ToolMessage,
)

from app.llm.messages.provider_shapes import (
    FAILED,
    NOTICE,
    SIGNATURES,
    for_gemini,
    in_plain_strings,
)

Shape = Callable[[Sequence[BaseMessage]], list[BaseMessage]]
GEMINI = {"model_provider": "google_genai"}
HI = HumanMessage("hi")


def call(call_id: str, name: str = "list_tasks") -> ToolCall:
    return ToolCall(name=name, args={}, id=call_id)


def calling(*ids: str, **more: Any) -> AIMessage:
    return AIMessage(more.pop("content", ""), tool_calls=[call(one) for one in ids], **more)


def result(call_id: str, text: str = "ok") -> ToolMessage:
    return ToolMessage(text, tool_call_id=call_id)


def told(messages: Sequence[BaseMessage]) -> list[str]:
    """Return each message as its kind and text; a call and its result by the call's id."""
    lines = []
    for message in messages:
        if isinstance(message, ToolMessage):
            lines.append(f"{message.tool_call_id}: {message.text}")
        else:
            calls = getattr(message, "tool_calls", [])
            lines.append(" ".join([f"{message.type}", message.text, *(c["id"] for c in calls)]))
    return [line.strip() for line in lines]


both = pytest.mark.parametrize("shape", [for_gemini, in_plain_strings])


@both
def test_ids_are_made_anew_so_that_none_repeats(shape: Shape) -> None:
    history = [
        HI,
        calling("1", "2"),
        result("2", "b"),
        result("1", "a"),
        calling("1"),
        result("1", "c"),
    ]
    assert told(shape(history)) == [
        "human hi",
        "ai  call_0000 call_0001",
        "call_0000: a",
        "call_0001: b",
        "ai  call_0002",
        "call_0002: c",
    ]


@both
def test_result_belongs_to_the_answer_before_it_and_the_first_one_counts(shape: Shape) -> None:
    history = [HI, calling("1"), HI, calling("1"), result("1", "first"), result("1", "second")]
    lines = told(shape(history))
    assert lines[2].startswith("call_0000: Interrupted before a result was recorded.")
    assert lines[5:] == ["call_0001: first"]


@both
def test_late_result_moves_beside_its_call(shape: Shape) -> None:
    assert told(shape([HI, calling("1"), HI, result("1", "late")])) == [
        "human hi",
        "ai  call_0000",
        "call_0000: late",
        "human hi",
    ]


@both
def test_result_says_which_tool_gave_it(shape: Shape) -> None:
    shaped = shape([HI, calling("1"), result("1")])
    assert shaped[-1].name == "list_tasks"


@both
@pytest.mark.parametrize(
    "silent",
    [
        HumanMessage("  \n"),
        HumanMessage([{"type": "text", "text": " "}]),
        AIMessage(""),
        AIMessage(" \n"),
        AIMessage("Nobody answered.", response_metadata={FAILED: "no_model"}),
        AIMessage("Down.", response_metadata={NOTICE: "Down."}),
        result("of no call"),
    ],
)
def test_what_says_nothing_to_a_model_is_left_out(shape: Shape, silent: BaseMessage) -> None:
    assert told(shape([HI, silent, HumanMessage("x")])) == ["human hi", "human x"]


@both
def test_words_about_an_outage_are_cut_off_an_answer(shape: Shape) -> None:
    headed = AIMessage("Down.\n\nAdded #1", response_metadata={NOTICE: "Down."})
    assert told(shape([HI, headed])) == ["human hi", "ai Added #1"]


def test_picture_is_kept_where_it_can_be_seen_and_named_where_not() -> None:
    picture: Any = [{"type": "image_url", "image_url": "data:image/png;base64,AA=="}]
    (kept,) = for_gemini([HumanMessage(picture)])
    assert kept.content == picture
    assert told(in_plain_strings([HumanMessage(picture)])) == ["human (a message without text)"]


def test_plain_strings_keep_nothing_that_only_one_provider_knows() -> None:
    history = [
        SystemMessage("rules"),
        HumanMessage([{"type": "text", "text": "hi"}]),
        AIMessage(
            [{"type": "text", "text": "x", "extras": {"signature": "s"}}], response_metadata=GEMINI
        ),
        calling(
            "1", content=" ", additional_kwargs={SIGNATURES: {"1": "s"}}, response_metadata=GEMINI
        ),
        result("1"),
    ]
    shaped = in_plain_strings(history)
    assert [message.content for message in shaped] == ["rules", "hi", "x", "", "ok"]
    assert all(not message.additional_kwargs for message in shaped)
    assert all(not message.response_metadata for message in shaped)


def test_answer_without_words_is_left_out_though_it_has_other_blocks() -> None:
    thought: Any = [{"type": "thinking", "thinking": "hm"}]
    assert told(in_plain_strings([HI, AIMessage(thought), HumanMessage("x")])) == [
        "human hi",
        "human x",
    ]


def signatures(message: BaseMessage) -> Any:
    return message.additional_kwargs[SIGNATURES]


def test_signature_goes_back_with_the_call_that_it_signs() -> None:
    signed = calling(
        "a",
        "b",
        additional_kwargs={SIGNATURES: {"b": "of b", "a": "of a"}},
        response_metadata=GEMINI,
    )
    shaped = for_gemini([HI, signed, result("a"), result("b")])
    assert signatures(shaped[1]) == {"call_0000": "of a", "call_0001": "of b"}


def test_call_of_which_gemini_signed_only_the_first_keeps_that_one() -> None:
    signed = calling(
        "a", "b", additional_kwargs={SIGNATURES: {"a": "of a"}}, response_metadata=GEMINI
    )
    shaped = for_gemini([HI, signed, result("a"), result("b")])
    assert signatures(shaped[1]) == {"call_0000": "of a"}


@pytest.mark.parametrize("provider", ["groq", "google_genai"])
def test_call_without_a_signature_of_gemini_gets_its_stand_in(provider: str) -> None:
    foreign = {SIGNATURES: {"a": "of another"}} if provider == "groq" else {}
    unsigned = calling(
        "a", additional_kwargs=foreign, response_metadata={"model_provider": provider}
    )
    stand_in = signatures(for_gemini([HI, unsigned, result("a")])[1])
    assert list(stand_in) == ["call_0000"]
    assert stand_in["call_0000"] not in ("of another", "", b"")


def test_gemini_gets_its_own_blocks_and_the_text_of_others() -> None:
    blocks: Any = [{"type": "text", "text": "x", "extras": {"signature": "s"}}]
    history = [
        HI,
        AIMessage(blocks, response_metadata=GEMINI),
        HI,
        AIMessage(blocks, response_metadata={"model_provider": "anthropic"}),
    ]
    assert [message.content for message in for_gemini(history)[1::2]] == [blocks, "x"]


def test_two_answers_in_a_row_become_one_for_gemini() -> None:
    history = [
        HI,
        AIMessage("one", response_metadata=GEMINI),
        AIMessage([{"type": "text", "text": "two"}], response_metadata=GEMINI),
        calling("a", content="three"),
        result("a"),
    ]
    shaped = for_gemini(history)
    assert [message.type for message in shaped] == ["human", "ai", "tool"]
    assert [block["text"] for block in shaped[1].content] == ["one", "two", "three"]  # type: ignore[index]
    assert told(shaped)[1].endswith("call_0000")
