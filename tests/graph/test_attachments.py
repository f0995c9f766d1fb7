"""What comes of pictures and files that chats send, in each form, with each model."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver

from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import calls, says

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
PDF = base64.b64encode(b"%PDF-1.4\n%%EOF").decode()
URL = f"data:image/png;base64,{PNG}"
CAMEL = {"type": "image", "mimeType": "image/png", "data": PNG, "metadata": {"name": "x.png"}}
KNOWN = [
    CAMEL,
    {"type": "file", "mimeType": "application/pdf", "data": PDF, "metadata": {"filename": "x.pdf"}},
    {"type": "file", "mediaType": "application/pdf", "data": PDF},
    {"type": "image", "mime_type": "image/png", "base64": PNG},
    {"type": "image", "source_type": "base64", "mime_type": "image/png", "data": PNG},
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
    {"type": "image_url", "image_url": {"url": URL}},
    {"type": "image_url", "image_url": URL},
    {"type": "input_image", "image_url": URL},
    {"type": "image", "image": URL},
    {"type": "binary", "mimeType": "image/png", "data": PNG},
    {"type": "media", "inlineData": {"mimeType": "image/png", "data": PNG}},
]
UNKNOWN: list[dict[str, Any]] = [
    {"type": "hologram", "data": "xyz"},
    {"type": "image", "mimeType": "image/tiff", "data": PNG},
    {"type": "file", "mimeType": "application/zip", "data": PDF},
    {"type": "image_url", "image_url": {"url": "https://example.com/x.png"}},
    {"type": "image", "mimeType": "image/png", "data": "no base64"},
    {"type": "image", "mimeType": "image/png"},
    {"type": "image", "data": None, "mimeType": 7},
]
NOT_SHOWN = "({} was not shown the attachment: it can't read it.)"
THREAD: Any = {"configurable": {"thread_id": "1"}}


@pytest.fixture
def send(relay: Relay) -> Callable[..., str]:
    """Send parts of a message to one thread; return the answer's text."""
    graph = relay.agent.graph(InMemorySaver())

    def sent(*parts: Any) -> str:
        said = {"messages": [HumanMessage(list(parts))]}
        return str(graph.invoke(said, THREAD)["messages"][-1].text)

    return sent


def words(text: str = "What is this?") -> dict[str, str]:
    return {"type": "text", "text": text}


def shown(gemini: GeminiServer) -> list[str]:
    """Return the types of what Gemini was shown of the last message."""
    said = gemini.requests[-1]["body"]["contents"][-1]["parts"]
    return [part["inlineData"]["mime_type"] for part in said if "inlineData" in part]


@pytest.mark.parametrize("part", KNOWN)
def test_a_known_form_reaches_the_model_that_can_see_it(
    send: Callable[..., str], gemini: GeminiServer, part: dict[str, Any]
) -> None:
    gemini.plays(says("A picture."))
    assert send(words(), part) == "A picture."
    assert send(part) == "A picture.", "it needs no words"
    assert shown(gemini) == ["application/pdf" if PDF in str(part) else "image/png"]


@pytest.mark.parametrize("part", UNKNOWN)
def test_what_cannot_be_read_is_told_and_is_no_fault_of_a_model(
    send: Callable[..., str], gemini: GeminiServer, groq: GroqServer, part: dict[str, Any]
) -> None:
    gemini.plays(says("I see nothing."))
    for _ in range(4):
        assert send(words(), part) == f"I see nothing.\n\n{NOT_SHOWN.format('Gemini')}"
    assert send(part) == f"I see nothing.\n\n{NOT_SHOWN.format('Gemini')}"
    assert send(words("Hello")) == "I see nothing."
    assert (gemini.calls, groq.calls) == (6, 0)
    assert "was not shown" not in json.dumps(gemini.requests[-1]["body"])


def test_a_model_that_sees_no_pictures_says_so(
    send: Callable[..., str], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(calls("list_tasks"), says("Hm."))
    assert send(words(), CAMEL) == f"Hm.\n\n{NOT_SHOWN.format('Groq')}"
    assert send(words(), CAMEL, CAMEL).endswith(
        "(Groq was not shown 2 of 2 attachments: it can't read it.)"
    )
    assert send(words("Hello")) == "Hm."


def test_of_several_those_that_were_shown_are_not_counted(
    send: Callable[..., str], gemini: GeminiServer
) -> None:
    gemini.plays(says("One picture."))
    assert send(words(), CAMEL, UNKNOWN[0]) == (
        "One picture.\n\n(Gemini was not shown 1 of 2 attachments: it can't read it.)"
    )
    assert shown(gemini) == ["image/png"]


def test_a_refused_attachment_is_left_out_and_told(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make_relay(**provider_settings(gemini, groq))
    graph = relay.agent.graph(InMemorySaver())
    gemini.plays(
        gemini_api.error(400, "Unable to process input image.", "INVALID_ARGUMENT"), says("Hm.")
    )
    said = {"messages": [HumanMessage([words(), CAMEL])]}
    answer = graph.invoke(said, THREAD)["messages"][-1].text
    assert answer == f"Hm.\n\n{NOT_SHOWN.format('Gemini')}"
    kept = [entry.message.text for entry in relay.agent.container.transcript().all_of("local")]
    assert kept == ["What is this?", answer]
    asked = gemini.calls
    graph.invoke({"messages": [HumanMessage([CAMEL])]}, THREAD)
    assert gemini.calls - asked == 1, "what was refused is not sent again"
    *_, said_then, _ = relay.agent.container.transcript().all_of("local")
    assert said_then.message.text == "(an attachment without words)"
