"""Do the steps that change tasks: ask the person where it is many, then run the tools."""

from typing import Any

from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from ...errors import ThreadOwnerError
from ...tasks import Owner
from ...tools import key_of, naming
from ..answer_messages import declined, not_run
from ..confirmation import NOBODY_TO_ASK, all_declined, asked_by_another_version, decided, weighed
from ..dependencies import DependencySource, asking
from ..routes import FOREIGN_THREAD, MOST_TOOL_CALLS
from ..state import State
from ..turn import calls_run, current_turn, last_answer

_CHECKPOINTER = "__pregel_checkpointer"
"""Key in a run's `configurable`, LangGraph's own: who keeps the thread, also for a subgraph."""


class Acting:
    """The steps between an answer with tool calls and their results."""

    def __init__(self, source: DependencySource, tools: ToolNode) -> None:
        self._source = source
        self._tools = tools

    def weigh(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Note which tasks the last answer would change, and what has to be asked first."""
        container, owner = self._source.container, self._owner(state, config)
        return weighed(state, container.tasks(), owner, container.settings.confirm_from)

    def confirm(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Pause until the person has decided.

        It runs again from its beginning when the answer comes; nothing has changed by then.
        """
        owner, question = self._owner(state, config), state.get("asked")
        if question is None:
            return asked_by_another_version(state)
        if (config.get("configurable") or {}).get(_CHECKPOINTER) is None:
            answer = all_declined(question, NOBODY_TO_ASK)
        else:
            answer = interrupt(question["payload"])
        return decided(state, question, answer, self._source.container.tasks(), owner)

    def run_tools(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Run the tool calls of the last answer, one after the other, in their order.

        Declined ones are not run. One that was carried out before - this step may run again
        after a crash - gives the result that it gave then.
        """
        self._owner(state, config)
        answer = last_answer(state["messages"])
        room = MOST_TOOL_CALLS - calls_run(current_turn(state["messages"]))
        reasons = state.get("declined", {}).get(str(answer.id), {})
        results: list[ToolMessage] = []
        for place, call in enumerate(answer.tool_calls):
            call_id = call["id"] or ""
            if place in reasons:
                results.append(declined(call_id, call["name"], reasons[place]))
            elif place >= room:
                text = f"Not run: a turn makes at most {MOST_TOOL_CALLS} tool calls."
                results.append(not_run(call_id, call["name"], text))
            else:
                named = naming(config, key_of(config, answer.id, place, call_id))
                results += self._tools.invoke([call], named)["messages"]
        return {"messages": results}

    def _owner(self, state: State, config: RunnableConfig) -> Owner:
        """Return whose run this is; a thread may be taken up again by its own user only."""
        owner = asking(self._source.container, config)
        if state.get("owner", owner.user_id) != owner.user_id:
            raise ThreadOwnerError(FOREIGN_THREAD)
        return owner
