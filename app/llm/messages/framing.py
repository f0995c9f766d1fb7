"""Frame a conversation as every provider takes it, whoever produced its messages.

One system prompt first, then from a person's message to another or to a result; each tool call
followed by its results, each result after its call, ids that no two calls share, names of calls in
a shape that all take, and neither failed turns nor blocked ones.
"""

from collections.abc import Iterator, Sequence

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolCall,
    ToolMessage,
)

from .attachments import attachments_in
from .sendable import clean, sendable
from .told import FAILED, told
from .tool_names import sent_name

NOTICE = "notice"
"""Key in `response_metadata` of the words about an outage that head an answer's text."""

CUT = "cut"
"""Key in `response_metadata` of what ends an answer's text: that it was cut, or what its model
was not shown."""

SIGNATURES = "__gemini_function_call_thought_signatures__"
"""Key in `additional_kwargs` under which langchain-google-genai keeps the thought signatures of
calls, by call id. Private to that package; a test watches it."""

_LOST_RESULT = (
    "Interrupted before a result was recorded. It may have been done: look before you repeat it."
)
NO_TEXT = "(a message without text)"
_GO_ON = "(go on)"


def framed(messages: Sequence[BaseMessage], model: str = "") -> Iterator[BaseMessage]:
    """Yield one system prompt first, then from a person's message to another, or to a result.

    Args:
        messages: The conversation.
        model: The name of the model that gets it.
    """
    usual = told(messages, model)
    prompts = [message for message in usual if isinstance(message, SystemMessage)]
    if prompt := "\n\n".join(text for text in map(text_of, prompts) if text.strip()):
        yield SystemMessage(prompt)
    last: BaseMessage | None = None
    for message in _paired([one for one in usual if not isinstance(one, SystemMessage)]):
        if last is None and not isinstance(message, HumanMessage):
            yield HumanMessage(NO_TEXT)
        yield message
        last = message
    if last is None or isinstance(last, AIMessage):
        yield HumanMessage(_GO_ON)


def _paired(messages: Sequence[BaseMessage]) -> Iterator[BaseMessage]:
    """Yield messages with each call beside its result, under ids made for this request."""
    number = 0
    for position, message in enumerate(messages):
        if not isinstance(message, AIMessage):
            if not isinstance(message, ToolMessage) and _says_something(message):
                yield message
            continue
        if message.response_metadata.get(FAILED):
            continue
        calls = [call for call in message.tool_calls if sent_name(call["name"])]
        if not calls:
            if spoken := _spoken(message):
                yield spoken
            continue
        ids = [f"call_{number + index:04}" for index in range(len(calls))]
        number += len(ids)
        yield _with_ids(message, calls, ids)
        yield from _results(calls, ids, messages[position + 1 :])


def _results(
    calls: Sequence[ToolCall], ids: list[str], following: Sequence[BaseMessage]
) -> Iterator[ToolMessage]:
    """Yield one result for each call; only those before the next answer belong to it."""
    results: dict[str, list[str]] = {}
    for later in following:
        if isinstance(later, AIMessage):
            break
        if isinstance(later, ToolMessage):
            results.setdefault(later.tool_call_id, []).append(text_of(later))
    for call, new_id in zip(calls, ids, strict=True):
        found = results.get(call["id"] or "")
        yield ToolMessage(
            content=(found.pop(0) or NO_TEXT) if found else _LOST_RESULT,
            name=sent_name(call["name"]),
            tool_call_id=new_id,
        )


def _with_ids(message: AIMessage, calls: Sequence[ToolCall], ids: list[str]) -> AIMessage:
    signatures = message.additional_kwargs.get(SIGNATURES)
    signatures = signatures if isinstance(signatures, dict) else {}
    sent = [
        ToolCall(name=sent_name(call["name"]), args=sendable(call["args"]), id=new)
        for call, new in zip(calls, ids, strict=True)
    ]
    renamed = {
        new: signatures[call["id"]]
        for call, new in zip(calls, ids, strict=True)
        if call["id"] in signatures
    }
    return AIMessage(
        content=message.content,
        tool_calls=sent,
        additional_kwargs={SIGNATURES: renamed},
        response_metadata=message.response_metadata,
    )


def _spoken(message: AIMessage) -> AIMessage | None:
    """Return an answer without calls as it was spoken by its model; None where nothing was."""
    notice = str(message.response_metadata.get(NOTICE) or "")
    cut = str(message.response_metadata.get(CUT) or "")
    text = text_of(message)
    if notice or cut:
        text = text.removeprefix(notice).removesuffix(cut).strip()
    if not text.strip():
        return None
    content = text if notice or cut else message.content
    return AIMessage(content=content, response_metadata=message.response_metadata)


def _says_something(message: BaseMessage) -> bool:
    """Say whether there is more than white space, which some providers refuse."""
    return attachments_in(message) > 0 or bool(text_of(message).strip())


def text_of(message: BaseMessage) -> str:
    """Return the text of a message, as every client can send it."""
    return clean(str(message.text))
