"""End a turn: copy what was said into the transcript, and let the thread forget old exchanges."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, ToolMessage
from langchain_core.runnables import RunnableConfig

from ...conversations import Role, TranscriptMessage
from ...errors import DatabaseError, InputError
from ...llm import MODEL, PROVIDER, attachments_in
from ..answer_messages import storable_json
from ..dependencies import Dependencies
from ..ownership import claimed, owner_in
from ..run_config import thread_of
from ..state import State
from ..turn import beyond_window, current_turn, own_messages

_ATTACHED = "(an attachment without words)"
_log = logging.getLogger("task_relay")


class EndTurn:
    """The last step of a turn.

    Args:
        container: Gives what the step needs.
        name: Our agent's name.
    """

    def __init__(self, container: Callable[[], Dependencies], name: str) -> None:
        self._container = container
        self._name = name

    def end_turn(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Keep what the person asked and we answered, and cut the thread to its window.

        A host's conversation may hold more: its prompt, other people's turns, other agents'
        words and results. They are nobody's transcript.

        Where the transcript can't be written, or it can't be told whose words these are, nothing
        is cut, and the next turn's end makes up for it. Without a thread nothing is kept and
        nothing cut.

        Args:
            state: The conversation.
            config: The run's.

        Raises:
            ThreadOwnerError: The thread is another user's.
        """
        thread, messages = thread_of(config), state["messages"]
        if thread is None or not messages:
            return {}
        container = self._container()
        try:
            owner = owner_in(state, config, container.default_owner)
        except InputError:  # the turn was refused for it
            return {}
        news = _since(messages, state.get("kept"))
        said = [transcript_message(message) for message in spoken(news, self._name)]
        try:
            container.transcript().keep(owner.user_id, *thread, said, container.clock.now())
        except DatabaseError as error:
            _log.warning("The transcript could not be written, a later turn will: %s", error)
            return {}
        gone = beyond_window(messages, container.settings.history_window)
        return claimed(state, owner.user_id) | {
            "kept": str(messages[-1].id),
            "messages": [RemoveMessage(id=str(message.id)) for message in gone],
        }

    async def aend_turn(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Do `end_turn` on an event loop.

        Args:
            state: The conversation.
            config: The run's.
        """
        return await asyncio.to_thread(self.end_turn, state, config)


def spoken(messages: Sequence[AnyMessage], name: str) -> list[AnyMessage]:
    """Return the messages of the person and of our agent, with the results of its calls.

    Args:
        messages: What is new in the conversation.
        name: Our agent's name.
    """
    ours = {id(message) for message in own_messages(messages, name)}
    agents = {message.name for message in messages if isinstance(message, AIMessage)} - {None}
    return [
        message
        for message in messages
        if id(message) in ours or (isinstance(message, HumanMessage) and message.name not in agents)
    ]


def transcript_message(message: AnyMessage) -> TranscriptMessage:
    """Return a message as the transcript keeps it."""
    text, message_id = storable_json(message.text).replace("\0", ""), str(message.id)
    if isinstance(message, AIMessage):
        metadata = message.response_metadata
        calls = [{"name": call["name"], "args": call["args"]} for call in message.tool_calls]
        more = {"provider": metadata.get(PROVIDER), "model": metadata.get(MODEL), "calls": calls}
        given = {name: value for name, value in more.items() if value}
        return TranscriptMessage(message_id, Role.MODEL, text, given or None)
    if isinstance(message, ToolMessage):
        return TranscriptMessage(message_id, Role.TOOL, text, {"name": message.name})
    only_attached = not text.strip() and attachments_in(message)
    return TranscriptMessage(message_id, Role.PERSON, _ATTACHED if only_attached else text)


def _since(messages: Sequence[AnyMessage], kept: str | None) -> Sequence[AnyMessage]:
    """Return the messages that came after the last one in the transcript.

    Where that one is gone - its answer was asked for again - it is the current turn.
    """
    if not kept:
        return messages
    for position in range(len(messages) - 1, -1, -1):
        if messages[position].id == kept:
            return messages[position + 1 :]
    return current_turn(messages)
