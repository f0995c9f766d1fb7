"""Hold what a thread remembers between steps."""

from typing import Annotated

from langchain_core.messages import AnyMessage
from langgraph.channels import UntrackedValue
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12


class Messages(TypedDict):
    """What goes in and comes out: the conversation."""

    messages: Annotated[list[AnyMessage], add_messages]


class State(Messages, total=False):
    """The conversation, whose it is, and until when this turn may take.

    `owner` is the user who began the thread, `begun` the id of the last message that was
    taken for theirs, `kept` the id of the last message in the transcript. `declined` holds the
    calls of one answer that the person declined, as its message id and the reasons by place.
    `deadline` is on the clock's monotonic scale, in seconds; it belongs to the running process
    and is never stored.
    """

    owner: str
    begun: str
    kept: str
    declined: dict[str, dict[int, str]]
    deadline: Annotated[float, UntrackedValue]
