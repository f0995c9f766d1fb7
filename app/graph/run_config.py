"""Read out of a run's config who is asking, in which thread, and which model they ask first."""

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import get_runtime

from ..tasks import Owner
from ..tools import asking_user, caller

ASK_FIRST = "ask_first"
"""Key in a run's `configurable`: the place in the model chain that is asked first."""

THREAD_NAME = "thread_name"
"""Key in a run's `configurable`: what the person calls the thread; its id where it is missing."""

TURN_ENDS = "__turn_ends"
"""Key in a run's `configurable`: when the turn must have ended, in seconds on the clock's monotonic
scale, where it waited before its run began. A key with two underscores isn't kept."""

CHECKPOINTER = "__pregel_checkpointer"
"""Key in a run's `configurable`, private to LangGraph: who keeps the thread of a graph or of the
graph that it is a part of. LangGraph has no public way to tell; a test watches this one."""


_BETWEEN_GRAPHS = "|"
"""What stands between the parts of a namespace; private to LangGraph, a test watches it too."""


def keeps_threads(config: RunnableConfig) -> bool:
    """Say whether a checkpointer keeps the thread of a run, or of the graph that it is part of."""
    return (config.get("configurable") or {}).get(CHECKPOINTER) is not None


def is_nested(config: RunnableConfig) -> bool:
    """Say whether our graph runs as a part of another one.

    A step's namespace has a part for the step and one for each graph above the step's own.
    """
    namespace = (config.get("configurable") or {}).get("checkpoint_ns") or ""
    return _BETWEEN_GRAPHS in namespace


def owner_of(config: RunnableConfig, default: Owner) -> Owner:
    """Return whose run this is.

    Args:
        config: The run's.
        default: Who is meant where the run names nobody.

    Raises:
        InputError: The user id or the time zone can't be used.
    """
    runtime = get_runtime()
    return caller(runtime.context, runtime.server_info, config, default)


def user_of(config: RunnableConfig, default: Owner) -> str:
    """Return the user whose run this is, whatever its time zone.

    Args:
        config: The run's.
        default: Who is meant where the run names nobody.

    Raises:
        InputError: The user id can't be used.
    """
    runtime = get_runtime()
    return asking_user(runtime.context, runtime.server_info, config, default)


def thread_of(config: RunnableConfig) -> tuple[str, str] | None:
    """Return the id and the name of the thread that a run belongs to; None without a thread."""
    configurable = config.get("configurable") or {}
    key = configurable.get("thread_id")
    if key is None:
        return None
    return str(key), str(configurable.get(THREAD_NAME) or key)


def turn_end_of(config: RunnableConfig, otherwise: float) -> float:
    """Return when a run's turn must have ended, on the clock's monotonic scale.

    Args:
        config: The run's.
        otherwise: When it must where it begins now; it never ends later.
    """
    given = (config.get("configurable") or {}).get(TURN_ENDS)
    return min(given, otherwise) if isinstance(given, float) else otherwise


def first_place_of(config: RunnableConfig) -> str | None:
    """Return the place in the model chain that a run asks first; None for the chain's own order."""
    first = (config.get("configurable") or {}).get(ASK_FIRST)
    return None if first is None else str(first)
