"""How a conversation is shaped for Gemini, and for everybody else: the rules one by one."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolCall,
    ToolMessage,
)

from app.llm.messages.attachments import attachment
from app.llm.messages.framing import NOTICE, SIGNATURES
from app.llm.messages.provider_shapes import SIGNER, Recipient, for_gemini, in_plain_strings
from app.llm.messages.told import BLOCKED, FAILED

Shape = Callable[[Sequence[BaseMessage]], list[BaseMessage]]
SELF = Recipient("of this model and key")
GEMINI = {"model_provider": "google_genai", SIGNER: SELF.signer}
MARK, OTHER = "b2YgYQ==", "b2YgYg=="
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
    assert told(shape([HI, headed, HI])) == ["human hi", "ai Added #1", "human hi"]


def test_picture_is_kept_where_it_can_be_seen_and_named_where_not() -> None:
    picture: Any = [{"type": "image_url", "image_url": "data:image/png;base64,iVBORw0KGgo="}]
    (kept,) = for_gemini([HumanMessage(picture)])
    assert kept.content == [{"type": "media", "mime_type": "image/png", "data": "iVBORw0KGgo="}]
    unseen = ["human (an attachment that can't be read)"]
    assert told(in_plain_strings([HumanMessage(picture)])) == unseen
    (seen,) = in_plain_strings([HumanMessage(picture)], Recipient(sees=True))
    address = "data:image/png;base64,iVBORw0KGgo="
    assert seen.content == [{"type": "image_url", "image_url": {"url": address}}]


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
        additional_kwargs={SIGNATURES: {"b": OTHER, "a": MARK}},
        response_metadata=GEMINI,
    )
    shaped = for_gemini([HI, signed, result("a"), result("b")], SELF)
    assert signatures(shaped[1]) == {"call_0000": MARK, "call_0001": OTHER}


def test_call_of_which_gemini_signed_only_the_first_keeps_that_one() -> None:
    signed = calling(
        "a", "b", additional_kwargs={SIGNATURES: {"a": MARK}}, response_metadata=GEMINI
    )
    shaped = for_gemini([HI, signed, result("a"), result("b")], SELF)
    assert signatures(shaped[1]) == {"call_0000": MARK}


@pytest.mark.parametrize(
    ("signer", "recipient"),
    [
        ("of another key", SELF),
        ("", SELF),
        (None, SELF),
        ("", Recipient()),
        (SELF.signer, Recipient(SELF.signer, words_only=True)),
    ],
)
def test_signature_of_another_model_or_key_or_of_nobody_is_not_sent(
    signer: str | None, recipient: Recipient
) -> None:
    blocks: Any = [{"type": "text", "text": "x", "extras": {"signature": MARK}}]
    whose = {"model_provider": "google_genai", SIGNER: signer}
    signed = calling(
        "a", content=blocks, additional_kwargs={SIGNATURES: {"a": MARK}}, response_metadata=whose
    )
    shaped = for_gemini([HI, signed, result("a")], recipient)
    assert MARK not in str(shaped)
    assert list(signatures(shaped[1])) == ["call_0000"]


@pytest.mark.parametrize("broken", ["", "no base64!", 7, None, ["x"], "ab"])
def test_what_can_be_no_signature_is_not_sent(broken: Any) -> None:
    signed = calling("a", additional_kwargs={SIGNATURES: {"a": broken}}, response_metadata=GEMINI)
    (mark,) = signatures(for_gemini([HI, signed, result("a")], SELF)[1]).values()
    assert isinstance(mark, bytes)


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
    blocks: Any = [
        {"type": "thinking", "thinking": "hm", "signature": MARK},
        {"type": "text", "text": "x", "extras": {"signature": MARK}},
    ]
    history = [
        HI,
        AIMessage(blocks, response_metadata=GEMINI),
        HI,
        AIMessage(blocks, response_metadata={"model_provider": "anthropic"}),
        HI,
    ]
    answers = [message.content for message in for_gemini(history, SELF)[1::2]]
    assert answers == [blocks[1:], "x"]


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


NAMES = [
    ("list_tasks", "list_tasks"),
    ("functions.list_tasks", "functions_list_tasks"),
    ("  add task\n", "add_task"),
    ("1st", "_1st"),
    ("-x", "_-x"),
    ("\u65e5\u672c", "unknown_tool"),
    ("...", "unknown_tool"),
    ("a" * 200, "a" * 64),
    ('<|channel|>x"', "_channel_x_"),
]


@both
@pytest.mark.parametrize(("name", "sent"), NAMES)
def test_name_is_sent_in_a_shape_that_all_take(shape: Shape, name: str, sent: str) -> None:
    history = [HI, AIMessage("", tool_calls=[call("1", name)]), result("1")]
    _, answer, done = shape(history)
    assert isinstance(answer, AIMessage)
    assert (answer.tool_calls[0]["name"], done.name) == (sent, sent)


@both
@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_call_without_a_name_is_not_sent_nor_its_result(shape: Shape, name: str) -> None:
    both_calls = AIMessage("", tool_calls=[call("1", name), call("2")])
    assert told(shape([HI, both_calls, result("1", "no"), result("2", "yes")])) == [
        "human hi",
        "ai  call_0000",
        "call_0000: yes",
    ]
    alone = AIMessage("", tool_calls=[call("1", name)])
    assert told(shape([HI, alone, result("1"), HI])) == ["human hi", "human hi"]


@both
def test_two_calls_of_one_id_have_each_their_own_result(shape: Shape) -> None:
    history = [HI, calling("1", "1"), result("1", "a"), result("1", "b")]
    assert told(shape(history))[2:] == ["call_0000: a", "call_0001: b"]


def refusal(**metadata: Any) -> AIMessage:
    return AIMessage("Declined.", response_metadata={FAILED: "refused"} | metadata)


OLD = {"attempts": [{"kind": "unavailable"}, {"kind": "blocked"}]}


@both
@pytest.mark.parametrize("metadata", [{BLOCKED: True}, OLD])
def test_blocked_turn_is_told_to_nobody_again(shape: Shape, metadata: Any) -> None:
    history = [
        HI,
        AIMessage("hello"),
        HumanMessage("something wicked"),
        HumanMessage("more of it"),
        calling("1"),
        result("1"),
        refusal(**metadata),
        HumanMessage("hello again"),
    ]
    assert told(shape(history)) == ["human hi", "ai hello", "human hello again"]


@both
@pytest.mark.parametrize("metadata", [{}, {"attempts": [{"kind": "blocked"}, {"kind": "timeout"}]}])
def test_turn_that_failed_otherwise_is_told_again(shape: Shape, metadata: Any) -> None:
    history = [HumanMessage("add milk"), refusal(**metadata), HumanMessage("well?")]
    assert told(shape(history)) == ["human add milk", "human well?"]


@both
def test_prompts_of_a_host_become_one_at_the_head(shape: Shape) -> None:
    history = [SystemMessage("a"), HI, SystemMessage("b"), SystemMessage(" "), HI]
    assert told(shape(history)) == ["system a\n\nb", "human hi", "human hi"]


@both
def test_messages_of_other_kinds_are_told_by_their_role(shape: Shape) -> None:
    history = [
        ChatMessage(content="rules", role="system"),
        ChatMessage(content="hi", role="critic"),
        ChatMessage(content="hello", role="Assistant"),
        FunctionMessage(content="r", name="f"),
        HI,
    ]
    assert told(shape(history)) == ["system rules", "human hi", "ai hello", "human hi"]


@both
def test_conversation_begins_and_ends_with_a_person(shape: Shape) -> None:
    assert told(shape([AIMessage("hello")])) == [
        "human (a message without text)",
        "ai hello",
        "human (go on)",
    ]


@both
def test_halves_of_characters_and_extremes_of_json_are_sent_as_what_can_be_read(
    shape: Shape,
) -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]
    args = {"a\ud83c": "b\0", "n": float("nan"), "i": 10**30, "deep": deep, "ok": [1, 0.5, None]}
    asked = HumanMessage("party \ud83c\udf89 \ud83c")
    _, answer, _ = shape([asked, AIMessage("", tool_calls=[call("1") | {"args": args}])])
    assert isinstance(answer, AIMessage)
    sent = answer.tool_calls[0]["args"]
    json.dumps(sent, allow_nan=False).encode()
    assert sent["ok"] == [1, 0.5, None]
    assert (sent["a\ufffd"], sent["i"]) == ("b", str(10**30))
    assert told(shape([asked])) == ["human party \U0001f389 \ufffd"]


PNG = "iVBORw0KGgo="


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}"},
        {"type": "image", "base64": PNG, "mime_type": "image/png"},
        {"type": "image", "base64": PNG},
        {"type": "image", "source_type": "base64", "data": PNG, "mime_type": "IMAGE/PNG; x=y"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
        {"type": "media", "mime_type": "image/png", "data": b"\x89PNG\r\n\x1a\n"},
        {"type": "file", "file": {"file_data": f"data:image/png;base64,{PNG}"}},
    ],
)
def test_picture_is_read_in_each_form_that_hosts_use(part: Any) -> None:
    assert attachment(part) == {"type": "media", "mime_type": "image/png", "data": PNG}


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": "https://example.com/cat.png"},
        {"type": "image_url", "image_url": {}},
        {"type": "image_url"},
        {"type": "image", "base64": "!!", "mime_type": "image/png"},
        {"type": "image", "base64": PNG, "mime_type": "image/gif"},
        {"type": "image", "base64": PNG, "mime_type": "image/jpeg"},
        {"type": "image", "base64": "AAAA"},
        {"type": "image", "base64": "", "mime_type": "image/png"},
        {"type": "file", "file_id": "file-1"},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        {"type": "video", "url": 7},
        {"type": "hologram", "data": {"x": 1}},
        {},
    ],
)
def test_what_gemini_cannot_read_is_named_and_not_sent(part: Any) -> None:
    shaped = for_gemini([HumanMessage(["see", part])])
    assert told(shaped) == ["human see(an attachment that can't be read)"]


@pytest.mark.parametrize("text", ["NaN", "[" * 5000, "1e999", '{"a": 1}', "[1]", "7"])
def test_result_that_looks_like_json_is_text_for_gemini(text: str) -> None:
    *_, done = for_gemini([HI, calling("1"), result("1", text)])
    assert json.loads(done.text) == {"output": text}
