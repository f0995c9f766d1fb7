"""Hold what a thread remembers between steps."""

from typing import Annotated, Any

from langchain_core.messages import AnyMessage
from langgraph.channels import UntrackedValue
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

from .message_reducer import merge_messages
from .ownership import ThreadOwner


class Messages(TypedDict):
    """What goes in and comes out: the conversation."""

    messages: Annotated[list[AnyMessage], merge_messages]


class Question(TypedDict):
    """What the person is asked before calls of an answer run.

    `answer` is the id of the answer, `places` are the positions of the calls in it, `payload` is
    what the interrupt gives. It is kept with the thread. What the person decides is about what
    they were asked, however the tasks stand by then.
    """

    answer: str
    places: list[int]
    payload: dict[str, Any]


class State(Messages, total=False):
    """The conversation, whose it is, and until when this turn may take.

    Threads are stored under these keys, so they stay.

    `owner` is the user who began the thread, which only a step of the graph can say, `begun` the id
    of the last message that was taken for theirs, `kept` the id of the last message in the
    transcript. `weighed` holds the ids of the tasks that each call of the turn changes, and `asked`
    what the person has to decide before the last answer's calls run. `ours` has a mark of each
    answer and result that the graph made, by the message's id. `declined` holds the calls of one
    answer that the person declined, as its message id and the reasons by position. `deadline` is on
    the clock's monotonic scale, in seconds; it belongs to the running process and is never stored,
    nor is `turned_away`, the sentence for a run that may not use the thread.
    """

    owner: Annotated[str, ThreadOwner]
    begun: str
    kept: str
    weighed: dict[str, list[int]]
    asked: Question | None
    ours: dict[str, str]
    declined: dict[str, dict[int, str]]
    deadline: Annotated[float, UntrackedValue]
    turned_away: Annotated[str, UntrackedValue]
