"""Say who is asking: the one place that reads user and zone from a run."""

from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.runnables import RunnableConfig
from pydantic import BaseModel, ConfigDict, Field

from ..errors import InputError
from ..settings import clean_user_id, zone_name
from ..tasks import Owner


class Context(BaseModel):
    """The context of a run: what a client may say about who is asking."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    user_id: str | None = Field(
        default=None,
        description="Whose tasks and threads these are. Empty: the APP_USER setting decides.",
    )
    timezone: str | None = Field(
        default=None,
        description="IANA zone that 'today' is meant in, such as Europe/Berlin. "
        "Empty: the APP_TIMEZONE setting decides.",
    )


def caller(context: object, server_info: Any, config: RunnableConfig, default: Owner) -> Owner:
    """Return whose run this is.

    The user comes from the first of: the server's authenticated user, the run's context,
    `configurable.user_id`, the settings. As a subgraph we see the context of the parent,
    which may be of any type: fields that it doesn't have count as not given.

    Args:
        context: The run's context.
        server_info: What a LangGraph server says of the run; None without one.
        config: The run's config.
        default: Who is meant where nobody is named: the settings' user and zone.

    Raises:
        InputError: The user id or the time zone can't be used.
    """
    configurable = config.get("configurable") or {}
    signed_in = getattr(server_info, "user", None) or configurable.get("langgraph_auth_user")
    user_id = (
        _field(signed_in, "identity")
        or _field(context, "user_id")
        or configurable.get("user_id")
        or default.user_id
    )
    zone = _field(context, "timezone") or configurable.get("timezone")
    return Owner(clean_user_id(user_id), _zone(zone) if zone else default.zone)


def _field(thing: object, name: str) -> Any:
    if isinstance(thing, dict):
        return thing.get(name)
    return getattr(thing, name, None)


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(zone_name(name))
    except ValueError as error:
        raise InputError(f'The time zone "{name}" is unknown; send {error}.') from None
