"""Say what a turn came to."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one message.

    `reply` is always a sentence for the person. `ok` is false when nothing answered them:
    then `no_model` tells an outage of every model from a refusal or a failure of ours.
    `provider` is the place in the chain that answered (`offline` for the last resort), with its
    `model`; both are None when nobody did. `attempts` lists every try at a language model,
    in order: provider, model, outcome, kind, duration_ms. `tool_calls` lists what was done:
    name, args, result. `notice` is the quiet line about a failover, empty where there was none.

    `confirmation` is what the turn waits for a person's word on, in the form that LangGraph's
    chats take (`action_requests`, `review_configs`); `app.confirm` answers it, any other
    message declines it. `declined` says that a person declined something in this turn.
    """

    ok: bool
    reply: str
    user_id: str
    thread_id: str
    provider: str | None = None
    model: str | None = None
    attempts: tuple[dict[str, Any], ...] = ()
    tool_calls: tuple[dict[str, Any], ...] = ()
    no_model: bool = False
    notice: str = ""
    confirmation: dict[str, Any] | None = None
    declined: bool = False
