"""Answer without any model: the last resort, when there is no key or every model failed."""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from ..messages import PROVIDER
from .commands import HELP, read_commands

OFFLINE = "offline"
"""The provider's name in replies. It is no language model and counts as none."""

RAN_COMMAND = "ran_command"
"""Key in `response_metadata`: whether this answer carries out a command of the person."""

_NOTHING_NEW = "Nothing new was asked."
_NOT_UNDERSTOOD = "Without a language model I understand only these commands:\n\n"


class OfflineResponder(BaseChatModel):
    """Turn a small command language into tool calls, and tool results into a reply."""

    @property
    def _llm_type(self) -> str:
        return OFFLINE

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Take the tools as any chat model does; the commands name only declared ones.

        Args:
            tools: What the model may call.
            tool_choice: Not heeded: a command says itself which tool it calls.
            **kwargs: LangChain's.
        """
        return self.bind(tools=tools, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_answer(messages))])


def is_command(messages: Sequence[BaseMessage]) -> bool:
    """Say whether a conversation waits for nothing but a command, or for its result."""
    last = messages[-1] if messages else None
    if isinstance(last, ToolMessage):
        asked = next((m for m in reversed(messages) if isinstance(m, AIMessage)), None)
        return asked is not None and asked.response_metadata.get(PROVIDER) == OFFLINE
    return last is not None and last.type == "human" and read_commands(last.text) is not None


def _answer(messages: list[BaseMessage]) -> AIMessage:
    results = _newest_results(messages)
    if results:
        return _say("\n".join(result.text for result in results), ran=False)
    last = messages[-1] if messages else None
    if isinstance(last, AIMessage):
        return _say(_NOTHING_NEW, ran=False)
    commands = read_commands(last.text) if last is not None and last.type == "human" else None
    if commands is None:
        return _say(_NOT_UNDERSTOOD + HELP, ran=False)
    calls = [
        {"name": command.tool, "args": command.args, "id": f"call_{number}", "type": "tool_call"}
        for number, command in enumerate(commands)
        if command.tool is not None
    ]
    return _say("", calls) if calls else _say(HELP)


def _newest_results(messages: list[BaseMessage]) -> list[ToolMessage]:
    """Return the results of the turn, where it waits for the words about them."""
    if not messages or not isinstance(messages[-1], ToolMessage):
        return []
    said = max((n for n, one in enumerate(messages) if one.type == "human"), default=-1)
    return [message for message in messages[said + 1 :] if isinstance(message, ToolMessage)]


def _say(text: str, calls: Sequence[Any] = (), ran: bool = True) -> AIMessage:
    return AIMessage(
        content=text,
        tool_calls=list(calls),
        response_metadata={PROVIDER: OFFLINE, "finish_reason": "stop", RAN_COMMAND: ran},
    )
