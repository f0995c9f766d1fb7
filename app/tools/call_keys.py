"""Name each call of a model for good, so that its change happens once."""

import hashlib
from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig

_CALL = "task_relay_call"
"""Key in a run's `configurable` while one call is carried out: its name for good."""


def key_of(config: RunnableConfig, message_id: str | None, position: int, call_id: str) -> str:
    """Return the name of a call: thread, model message, place in it, and the provider's id.

    The provider's id alone won't do: Groq's repeat within a thread.

    Args:
        config: The run's, which names the thread.
        message_id: The model message.
        position: The call's place in it, from 0.
        call_id: The provider's id of the call.
    """
    thread = str(_configurable(config).get("thread_id", ""))
    named = "\0".join((thread, str(message_id), str(position), call_id))
    return hashlib.sha256(named.encode()).hexdigest()


def naming(config: RunnableConfig, key: str) -> RunnableConfig:
    """Return a config under which a tool carries out the call of this name.

    Args:
        config: The run's.
        key: The call's name, as `key_of` gives it.
    """
    return {**config, "configurable": {**_configurable(config), _CALL: key}}


def call_key(config: RunnableConfig) -> str | None:
    """Return the name of the call that is carried out; None outside of our graph."""
    key = _configurable(config).get(_CALL)
    return None if key is None else str(key)


def _configurable(config: RunnableConfig) -> Mapping[str, Any]:
    return config.get("configurable") or {}
