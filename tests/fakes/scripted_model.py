"""A chat model of a host's own, which says what a test wrote down."""

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult


class ScriptedModel(BaseChatModel):
    """Answers with each message of `script` in turn; keeps what it was asked in `heard`."""

    script: list[AIMessage]
    heard: list[list[BaseMessage]] = []  # noqa: RUF012 - pydantic copies it

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **more: Any) -> Any:
        """Take any tools: the script knows what it calls."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **more: Any) -> ChatResult:
        self.heard.append(messages)
        return ChatResult(generations=[ChatGeneration(message=self.script.pop(0))])


def calling(*calls: tuple[str, str, dict[str, Any]]) -> AIMessage:
    """Return an answer with tool calls, each as its id, the tool, and its arguments."""
    made: Any = [{"id": id_, "name": name, "args": args} for id_, name, args in calls]
    return AIMessage("", tool_calls=made)
