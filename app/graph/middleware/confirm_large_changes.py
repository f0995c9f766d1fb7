"""Ask before large changes in an agent of a host's own, as our graph does."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NotRequired, cast
from uuid import uuid4

from langchain.agents.middleware import (
    AgentMiddleware,
    AgentState,
    ExtendedModelResponse,
    ModelRequest,
    ModelResponse,
)
from langchain.agents.middleware.types import PrivateStateAttr
from langchain_core.messages import AIMessage
from langchain_core.runnables.config import run_in_executor
from langgraph.config import get_config
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt
from typing_extensions import override

from ...tasks import Owner
from ...tools import ChangeFinder, ToolSet, caller
from ..answer_messages import declined
from ..confirmation import NOBODY_TO_ASK, all_declined, decide, weigh
from ..dependencies import Dependencies
from ..run_config import keeps_threads
from ..state import Question, State

Answered = ModelResponse[Any] | ExtendedModelResponse[Any]


class ConfirmedState(AgentState[Any]):
    """What the middleware keeps in the host's state: hidden from its input and its output."""

    task_relay_weighed: NotRequired[Annotated[dict[str, list[int]], PrivateStateAttr]]
    task_relay_asked: NotRequired[Annotated[Question | None, PrivateStateAttr]]


class ConfirmLargeChanges(AgentMiddleware[ConfirmedState, Any, Any]):
    """Middleware for `create_agent`: pauses before a turn changes many tasks.

    What is asked is stored with the model's answer, before the pause, so that the person's
    answer is about what they were asked, however the tasks stand by then. Without a checkpointer
    nobody can be asked, and the change is declined.

    Args:
        container: Gives what it needs.
        tools: The task tools that the agent has.
        user_id: Whose tasks, always; None: the run says it.
    """

    state_schema = ConfirmedState

    def __init__(
        self, container: Callable[[], Dependencies], tools: ToolSet, user_id: str | None = None
    ) -> None:
        super().__init__()
        self._container = container
        self._tools = tools
        self._user_id = user_id

    @override
    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> Answered:
        """Note which tasks the answer would change, and what has to be asked first."""
        return self._weighed(request, handler(request), get_config())

    @override
    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> Answered:
        """Do `wrap_model_call` on an event loop."""
        response, config = await handler(request), get_config()
        return await run_in_executor(None, self._weighed, request, response, config)

    @override
    def after_model(self, state: ConfirmedState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Pause until the person has decided; decline what they decline."""
        question = state.get("task_relay_asked")
        if question is None:
            return None
        config = get_config()
        if not keeps_threads(config):
            return self._decided(state, runtime, all_declined(question, NOBODY_TO_ASK), config)
        return self._decided(state, runtime, interrupt(question["payload"]), config)

    @override
    async def aafter_model(
        self, state: ConfirmedState, runtime: Runtime[Any]
    ) -> dict[str, Any] | None:
        """Do `after_model` on an event loop."""
        return await run_in_executor(None, self.after_model, state, runtime)

    def _weighed(
        self, request: ModelRequest[Any], response: ModelResponse[Any], config: Any
    ) -> Answered:
        """Return the model's response with what is kept of it."""
        answer = response.result[0] if response.result else None
        if not isinstance(answer, AIMessage) or not self._changes_tasks(answer):
            return response
        answer.id = answer.id or str(uuid4())
        state = cast("Any", request.state)
        messages = [*state["messages"], *response.result[:1]]
        told = State(messages=messages, weighed=state.get("task_relay_weighed") or {})
        changes = self._changes(request.runtime, config)
        update = weigh(told, changes.find, self._container().settings.confirm_from)
        return ExtendedModelResponse(response, Command(update=_kept(update)))

    def _changes_tasks(self, answer: AIMessage) -> bool:
        return any(call["name"] in self._tools.confirmed for call in answer.tool_calls)

    def _decided(
        self, state: ConfirmedState, runtime: Runtime[Any], answered: Any, config: Any
    ) -> dict[str, Any]:
        """Return the change of the host's state that the person's answer makes."""
        question = cast("Question", state.get("task_relay_asked"))
        messages = state["messages"]
        asked = messages[-1] if messages else None
        if not isinstance(asked, AIMessage) or asked.id != question["answer"]:
            return {"task_relay_asked": None}
        weighed = state.get("task_relay_weighed") or {}
        told = State(messages=messages, weighed=weighed)
        update = decide(told, question, answered, self._changes(runtime, config).find)
        (reasons,) = update.pop("declined").values()
        changed: list[Any] = update.pop("messages", [])
        calls = (changed[0] if changed else asked).tool_calls
        results = [declined(calls[position], reason) for position, reason in reasons.items()]
        return {**_kept(update), "messages": [*changed, *results]}

    def _changes(self, runtime: Any, config: Any) -> ChangeFinder:
        return ChangeFinder(self._tools, self._container().tasks(), self._owner(runtime, config))

    def _owner(self, runtime: Any, config: Any) -> Owner:
        run = (runtime.context, runtime.server_info, config)
        return caller(*run, self._container().default_owner, user_id=self._user_id)


def _kept(update: dict[str, Any]) -> dict[str, Any]:
    return {f"task_relay_{key}": value for key, value in update.items()}
