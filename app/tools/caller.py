"""Say who is asking: the one place that reads user and zone from a run."""

from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.runnables import RunnableConfig
from pydantic import BaseModel, ConfigDict, Field

from ..errors import InputError
from ..settings import BACKEND, clean_user_id, field_of_user, signed_in_user, zone_name
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


class SignedInOnly(Owner):
    """The settings' user and zone where people sign in: at a server, nobody else is meant."""


def caller(
    context: object,
    server_info: Any,
    config: RunnableConfig,
    default: Owner,
    *,
    user_id: str | None = None,
) -> Owner:
    """Return whose run this is.

    The user comes from the first of: who signed in at the server, the run's context,
    `configurable.user_id`, the settings. A trusted backend names the user in the context or
    in `configurable.user_id`. Where people sign in, a server's run without any of these two is
    nobody's, whatever it names. As a subgraph we see the context of the parent, which may be
    of any type: fields that it doesn't have count as not given.

    Args:
        context: The run's context.
        server_info: What a LangGraph server says of the run; None without one.
        config: The run's config.
        default: Who is meant where nobody is named: the settings' user and zone.
        user_id: Whose run it is whatever the run says; None: the run says it.

    Raises:
        InputError: The user id or the time zone can't be used, a backend names nobody, or
            nobody signed in where that is needed.
    """
    configurable = config.get("configurable") or {}
    chosen = user_id or asking_user(context, server_info, config, default)
    zone = field_of_user(context, "timezone") or configurable.get("timezone")
    return Owner(clean_user_id(chosen), _zone(zone) if zone else default.zone)


def asking_user(context: object, server_info: Any, config: RunnableConfig, default: Owner) -> str:
    """Return the user of `caller`, also where the time zone can't be used.

    Args:
        context: The run's context.
        server_info: What a LangGraph server says of the run; None without one.
        config: The run's config.
        default: Who is meant where nobody is named.

    Raises:
        InputError: The user id can't be used, a backend names nobody, or nobody signed in where
            that is needed.
    """
    configurable = config.get("configurable") or {}
    at_server = getattr(server_info, "user", None) or configurable.get("langgraph_auth_user")
    if server_info is not None and isinstance(default, SignedInOnly):
        _check_signed_in(at_server)
    return clean_user_id(_asking(context, configurable, at_server) or default.user_id)


def _check_signed_in(at_server: object) -> None:
    """Refuse a run that a server took from nobody, though people sign in: it guards us no more."""
    if signed_in_user(at_server) is None:
        raise InputError("Sign in first: this run is nobody's.")


def _asking(context: object, configurable: dict[str, Any], at_server: object) -> Any:
    """Return who signed in, or whom the run names; None where that is nobody.

    Args:
        context: The run's context.
        configurable: The run's `configurable`.
        at_server: Whom a server says it is.
    """
    signed_in = signed_in_user(at_server)
    if signed_in is not None and signed_in != BACKEND:
        return signed_in
    named = _named(context, configurable, at_server)
    if signed_in == BACKEND and not named:
        raise InputError("A backend names the user that it speaks for: send context.user_id.")
    return named


def _named(context: object, configurable: dict[str, Any], at_server: object) -> Any:
    """Return the user that a run names; what a server fills in by itself names nobody."""
    filled_in = field_of_user(at_server, "identity")
    for named in (field_of_user(context, "user_id"), configurable.get("user_id")):
        if named and named != filled_in:
            return named
    return None


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(zone_name(name))
    except ValueError as error:
        raise InputError(f'The time zone "{name}" is unknown; send {error}.') from None
