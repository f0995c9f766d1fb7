"""Do the steps that change tasks: ask the person where it is many, then run the tools."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.messages import RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolInvocationError
from langgraph.types import interrupt

from ...errors import TaskRefusal
from ...tasks import Owner
from ...tools import ChangeFinder, ToolSet, key_of, naming, sentence_about
from ..answer_messages import declined, failure, not_run
from ..confirmation import NOBODY_TO_ASK, all_declined, decide, decline_unknown_question, weigh
from ..dependencies import Dependencies
from ..ownership import owner_in
from ..routes import MOST_TOOL_CALLS, STOPPED
from ..run_config import keeps_threads
from ..state import State
from ..turn import calls_run, last_answer, own_exchange

if TYPE_CHECKING:
    from langchain_core.messages import ToolMessage


class ToolNodes:
    """The steps between an answer with tool calls and their results.

    Args:
        container: Gives what the steps need.
        tools: What the answers may call.
        name: Our agent's name.
    """

    def __init__(self, container: Callable[[], Dependencies], tools: ToolSet, name: str) -> None:
        self._container = container
        self._name = name
        self._tools = tools
        made = tools.all()
        self._by_name = {tool.name: tool for tool in made}
        self._tool_node = ToolNode(made, handle_tool_errors=self._tell_refusal)

    def route_answered(self, state: State) -> Literal["weigh", "run_tools", "end_turn"]:
        """Run the tools that the answer calls, weighing first where tasks change; else end."""
        calls = last_answer(state["messages"]).tool_calls
        if any(call["name"] in self._tools.confirmed for call in calls):
            return "weigh"
        return "run_tools" if calls else "end_turn"

    def weigh(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Note which tasks the last answer would change, and what has to be asked first.

        Args:
            state: The conversation.
            config: The run's.
        """
        changes = self._changes(self._owner(state, config))
        return weigh(state, changes.find, self._container().settings.confirm_from)

    def confirm(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Pause until the person has decided.

        It runs again from its beginning when the answer comes; nothing has changed by then.

        Args:
            state: The conversation.
            config: The run's.
        """
        owner, question = self._owner(state, config), state.get("asked")
        if question is None:
            return decline_unknown_question(state)
        if not keeps_threads(config):
            answer = all_declined(question, NOBODY_TO_ASK)
        else:
            answer = interrupt(question["payload"])
        update = decide(state, question, answer, self._changes(owner).find)
        edited = update.get("messages", [])
        gone = [RemoveMessage(id=str(message.id)) for message in edited]
        return update | ({"messages": [*gone, *edited]} if edited else {})

    def run_tools(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Run the tool calls of the last answer, one after the other, in their order.

        Declined ones are not run. One that was carried out before - this step may run again
        after a crash - gives the result that it gave then.

        Args:
            state: The conversation.
            config: The run's.
        """
        self._owner(state, config)
        answer = last_answer(state["messages"])
        room = MOST_TOOL_CALLS - self._calls_run(state)
        reasons = state.get("declined", {}).get(str(answer.id), {})
        results: list[ToolMessage] = []
        for position, call in enumerate(answer.tool_calls):
            if position in reasons:
                results.append(declined(call, reasons[position]))
            elif position >= room:
                text = f"Not run: a turn makes at most {MOST_TOOL_CALLS} tool calls."
                results.append(not_run(call, text))
            else:
                named = naming(config, key_of(config, answer.id, position, call["id"] or ""))
                results += self._tool_node.invoke([call], named)["messages"]
        return {"messages": results}

    def route_ran(self, state: State) -> Literal["call_model", "stop"]:
        """Give the results to the model, unless it has made too many calls."""
        return "stop" if self._calls_run(state) > MOST_TOOL_CALLS else "call_model"

    def stop(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """End a turn whose model called tools without end.

        Args:
            state: The conversation.
            config: The run's.
        """
        return {"messages": [failure(STOPPED, self._name)]}

    def _calls_run(self, state: State) -> int:
        return calls_run(own_exchange(state["messages"], self._name))

    def _changes(self, owner: Owner) -> ChangeFinder:
        return ChangeFinder(self._tools, self._container().tasks(), owner)

    def _owner(self, state: State, config: RunnableConfig) -> Owner:
        """Return whose run this is; a thread may be taken up again by its own user only."""
        return owner_in(state, config, self._container().default_owner)

    def _tell_refusal(self, error: TaskRefusal | ToolInvocationError) -> str:
        """Let the model read what it may mend; every other exception is a bug and stops the turn.

        Args:
            error: What a tool raised, or what is wrong with its arguments.
        """
        if isinstance(error, ToolInvocationError):
            return sentence_about(self._by_name[error.tool_name], error.source)
        return str(error)
