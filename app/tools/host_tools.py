"""The task tools for an agent of a host's own, in the shape that LangChain's own tools have."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Any

from langchain.tools import ToolRuntime
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool, ToolException
from langgraph.runtime import get_runtime
from pydantic import BaseModel, ValidationError, create_model
from typing_extensions import override

from ..errors import TaskRelayError
from ..tasks import Owner
from .call_keys import key_of, naming
from .caller import caller
from .data_marks import as_data
from .field_names import with_known_fields
from .task_tools import TaskDependencies, TaskTools
from .unreadable_arguments import sentence_about

_RUNTIME = "runtime"


class HostTools(TaskTools):
    """The task tools, which need neither our graph nor any other.

    A refusal is an error that the host's agent goes on from. Where a host keeps threads, a call
    is carried out once, however often its step runs again.

    Args:
        container: Gives what they need; asked at each call, in a worker thread.
        user_id: Whose tasks, always; None: the run says it, as in our graph.
    """

    def __init__(
        self, container: Callable[[], TaskDependencies], user_id: str | None = None
    ) -> None:
        super().__init__(container)
        self._user_id = user_id

    @override
    def _tool(self, name: str, method: Callable[..., str]) -> BaseTool:
        return _for_hosts(super()._tool(name, method))

    @override
    def _owner(self, runtime: Any) -> Owner:
        default = self._container().default_owner
        run = (runtime.context, runtime.server_info, runtime.config)
        return caller(*run, default, user_id=self._user_id)


def _for_hosts(tool: BaseTool) -> BaseTool:
    """Return a tool that may be called anywhere, with or without a graph around it."""
    assert isinstance(tool, StructuredTool)
    assert tool.func
    carry_out = tool.func

    def call(
        runtime: ToolRuntime[Any, Any] | None = None,
        *,
        config: RunnableConfig,
        **given: Any,
    ) -> str:
        try:
            what = f"{tool.name} {sorted(given.items())}"
            return as_data(carry_out(runtime=_run(runtime, config, what), **given))
        except TaskRelayError as error:
            raise ToolException(as_data(str(error))) from error

    def tell(error: ValidationError) -> str:
        return as_data(sentence_about(tool, error))

    return tool.model_copy(
        update={
            "func": call,
            "args_schema": _schema(tool),
            "handle_tool_error": True,
            "handle_validation_error": tell,
        }
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """What a tool reads of the run that it is called in."""

    context: Any
    server_info: Any
    config: RunnableConfig


def _run(runtime: ToolRuntime[Any, Any] | None, config: RunnableConfig, what: str) -> _Run:
    """Return the run around a call: a `ToolNode` gives it, else the graph that runs, if any.

    Args:
        runtime: What a `ToolNode` gives.
        config: The run's.
        what: The tool and its arguments.
    """
    if runtime is not None:
        return _Run(runtime.context, runtime.server_info, _named(runtime, config, what))
    try:
        around: Any = get_runtime()
    except RuntimeError:  # no graph runs, in which case LangGraph has none or says so
        around = None
    return _Run(getattr(around, "context", None), getattr(around, "server_info", None), config)


def _named(runtime: ToolRuntime[Any, Any], config: RunnableConfig, what: str) -> RunnableConfig:
    """Name the call for good: by its thread, the message that makes it, and what it does.

    The provider's id alone would not do: some use the same again, in a thread or even in one
    message. Without a thread, or without the message in the state, there is nothing to name it by.

    Args:
        runtime: What a `ToolNode` gives.
        config: The run's.
        what: The tool and its arguments.
    """
    in_thread = (config.get("configurable") or {}).get("thread_id") is not None
    call_id, answer = runtime.tool_call_id, _calling(runtime.state, runtime.tool_call_id)
    if not (in_thread and call_id and answer and answer.id):
        return config
    return naming(config, key_of(config, answer.id, 0, f"{call_id} {what}"))


def _calling(state: Any, call_id: str | None) -> AIMessage | None:
    """Return the newest message of a state that makes a call."""
    messages = state.get("messages") if isinstance(state, Mapping) else None
    for message in reversed(messages if isinstance(messages, Sequence) else ()):
        if isinstance(message, AIMessage):
            calls = {call["id"] for call in message.tool_calls}
            return message if call_id in calls else None
    return None


def _schema(tool: BaseTool) -> type[BaseModel]:
    schema = tool.args_schema
    assert isinstance(schema, type)
    return _without_a_required_run(schema)


@cache
def _without_a_required_run(schema: type[BaseModel]) -> type[BaseModel]:
    """Return the schema of a tool that can be called where no graph gives it the run."""
    fields: dict[str, Any] = {
        name: (field.rebuild_annotation(), field) for name, field in schema.model_fields.items()
    }
    fields[_RUNTIME] = (Annotated[ToolRuntime[Any, Any] | None, InjectedToolArg()], None)
    make = partial(create_model, schema.__name__, __doc__=schema.__doc__)
    made = make(__config__=schema.model_config, **fields)
    return with_known_fields(schema.__name__, made)
