"""Say who acts next, and how a turn ends that must not go on."""

from typing import Any, Literal

from ..errors import ThreadOwnerError
from ..llm import FAILED
from .ownership import FOREIGN_THREAD
from .state import State
from .turn import last_answer

MOST_TOOL_CALLS = 25
"""Tool calls that one turn may make; a model in a loop is stopped here."""

STOPPED = (
    f"I stopped after {MOST_TOOL_CALLS} tool calls in one turn, to be safe. "
    "What was done stands; tell me how to go on."
)


def route_begun(state: State) -> Literal["call_model", "refuse", "end_turn"]:
    """Ask the model, unless the turn was refused or the thread is another user's.

    Where somebody edited the state in this step's name, the turn goes on as if it had run.
    """
    if "turned_away" in state:
        return "refuse"
    refused = last_answer(state["messages"]).response_metadata.get(FAILED)
    return "end_turn" if refused else "call_model"


def route_weighed(state: State) -> Literal["confirm", "run_tools"]:
    """Ask the person, if the last answer was found to change many tasks."""
    question = state.get("asked")
    if question is None:
        return "run_tools"
    about_it = question["answer"] == str(last_answer(state["messages"]).id)
    return "confirm" if about_it else "run_tools"


def refuse(state: State) -> dict[str, Any]:
    """Fail the run of a user on a thread of another; what they said there is gone by now."""
    raise ThreadOwnerError(state.get("turned_away", FOREIGN_THREAD))
