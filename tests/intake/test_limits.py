import base64
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from app.intake import IntakeLimits, weigh

LIMITS = IntakeLimits(characters=100, attached=300)
LONG = "x" * 101
DATA = base64.b64encode(b"x" * 330).decode()
"""More bytes than may be attached; its characters alone are more than a text may have."""
FITS = base64.b64encode(b"x" * 270).decode()

FORMS: dict[str, Any] = {
    "a text": lambda text: text,
    "a pair": lambda text: ("user", text),
    "a dict": lambda text: {"role": "user", "content": text},
    "a message": HumanMessage,
    "blocks": lambda text: HumanMessage([{"type": "text", "text": text}]),
    "several blocks": lambda text: {"content": [{"type": "text", "text": c} for c in text]},
    "an unknown block": lambda text: {"content": [{"type": "x", "y": [{"z": text}]}]},
    "a key": lambda text: {"content": [{text: 1}]},
    "what goes beside": lambda text: HumanMessage("", additional_kwargs={"a": {"b": [text]}}),
    "a call": lambda text: AIMessage(
        "", tool_calls=[{"name": "x", "args": {"a": text}, "id": "1"}]
    ),
    "a name": lambda text: HumanMessage("", name=text),
    "a type": lambda text: {"type": text * 4, "content": ""},
}


@pytest.mark.parametrize("form", FORMS)
def test_text_is_too_long_in_every_form(form: str) -> None:
    refusal = LIMITS.refusal(FORMS[form](LONG))
    assert refusal is not None
    assert "at most 100 are taken (MAX_MESSAGE_CHARS)" in refusal
    assert LIMITS.refusal(FORMS[form]("x" * 50)) is None


ATTACHED: dict[str, Any] = {
    "camelCase": lambda data: {"type": "image", "mimeType": "image/png", "data": data},
    "base64": lambda data: {"type": "file", "mime_type": "application/pdf", "base64": data},
    "an address": lambda data: {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{data}"},
    },
    "an address alone": lambda data: {"type": "image_url", "image_url": f"data:x;base64,{data}"},
    "bytes": lambda data: {"type": "media", "data": base64.b64decode(data)},
}


@pytest.mark.parametrize("form", ATTACHED)
def test_attachments_have_a_limit_of_their_own(form: str) -> None:
    def refusal(*datas: str) -> str | None:
        blocks: Any = [{"type": "text", "text": "look"}, *map(ATTACHED[form], datas)]
        return LIMITS.refusal(HumanMessage(blocks))

    assert refusal(FITS) is None
    assert "at most 300 are taken (MAX_ATTACHMENT_BYTES)" in str(refusal(DATA))
    assert "MAX_ATTACHMENT_BYTES" in str(refusal(FITS, FITS))


def test_run_brings_so_many_messages_at_most_and_each_is_judged() -> None:
    assert LIMITS.refusal_of_all(["x"] * 1000) is None
    assert "1,001 messages" in str(LIMITS.refusal_of_all(["x"] * 1001))
    assert "101 characters" in str(LIMITS.refusal_of_all(["x", LONG, "x"]))


def test_what_is_nested_without_end_is_weighed_too() -> None:
    nested: Any = []
    for _ in range(100_000):
        nested = [nested, "x"]
    assert weigh(nested).characters == 100_000


def test_words_that_say_what_a_message_is_do_not_count() -> None:
    text = "x" * 100
    for whole in (text, ("user", text), {"role": "user", "type": "human", "content": text}):
        assert LIMITS.refusal(whole) is None
        assert weigh(whole).characters == 100
