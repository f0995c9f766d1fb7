"""Whose run it is: who signed in wins, and what stands for nobody is no identity."""

from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.authentication import UnauthenticatedUser

from app.errors import InputError
from app.runtime import Container
from app.settings import Settings, signed_in_user
from app.tasks import Owner
from app.tools import Context, SignedInOnly, caller

DEFAULT = Owner("local", ZoneInfo("UTC"))
ANN = {"identity": "ann", "is_authenticated": True}
AEGRA = SimpleNamespace(identity="anonymous", is_authenticated=True)
BACKEND = SimpleNamespace(identity="*")


def who(
    signed_in: object = None, context: object = None, forged: object = None, **configurable: Any
) -> str:
    server_info = SimpleNamespace(user=signed_in) if signed_in else None
    if forged:
        configurable["langgraph_auth_user"] = forged
    return caller(context, server_info, {"configurable": configurable}, DEFAULT).user_id


@pytest.mark.parametrize("user", [ANN, SimpleNamespace(identity="ann")])
def test_who_signed_in_wins_over_all_that_a_client_says(user: object) -> None:
    context = Context(user_id="bob")
    assert who(user, context, forged={"identity": "bob"}, user_id="bob") == "ann"
    assert who(None, context, forged=user, user_id="bob") == "ann"


@pytest.mark.parametrize(
    "user",
    [
        None,
        {},
        {"identity": ""},
        {"identity": None},
        {"identity": "anonymous"},
        AEGRA,
        {"identity": "ann", "is_authenticated": False},
        SimpleNamespace(identity="ann", is_authenticated=False),
        UnauthenticatedUser(),
        "ann",
    ],
)
def test_user_object_that_stands_for_nobody_is_no_identity(user: Any) -> None:
    assert signed_in_user(user) is None
    assert who(user) == "local"
    assert who(user, Context(user_id="bob")) == "bob"
    assert who(user, None, user_id="bob") == "bob"


def test_servers_own_word_for_nobody_is_not_taken_for_a_name() -> None:
    assert who(AEGRA, None, user_id="anonymous") == "local"
    assert who(AEGRA, {"user_id": "anonymous"}, user_id="anonymous") == "local"
    assert who(None, None, user_id="anonymous") == "anonymous", "a host program says so"


@pytest.mark.parametrize("context", [Context(user_id="bob"), {"user_id": "bob"}])
def test_backend_speaks_for_the_user_that_it_names(context: object) -> None:
    assert who(BACKEND, context) == "bob"
    assert who(BACKEND, None, user_id="bob") == "bob"
    assert who(BACKEND, None, user_id=7) == "7"


@pytest.mark.parametrize("context", [None, Context(), Context(user_id="*"), Context(user_id="")])
def test_backend_that_names_nobody_is_refused(context: object) -> None:
    with pytest.raises(InputError, match=r"context\.user_id"):
        who(BACKEND, context, user_id="*")


@pytest.mark.parametrize("user", [None, AEGRA, {"identity": ""}])
def test_where_people_sign_in_a_server_s_run_of_nobody_is_refused(user: Any) -> None:
    default = SignedInOnly("local", ZoneInfo("UTC"))
    context = Context(user_id="bob")
    at_server = SimpleNamespace(user=user)
    with pytest.raises(InputError, match="Sign in"):
        caller(context, at_server, {"configurable": {"user_id": "bob"}}, default)
    for signed_in, who_it_is in ((ANN, "ann"), (BACKEND, "bob")):
        at_server = SimpleNamespace(user=signed_in)
        assert caller(context, at_server, {}, default).user_id == who_it_is
    assert caller(context, None, {}, default).user_id == "bob", "a host program says so"


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({}, False),
        ({"auth_tokens": "people"}, True),
        ({"auth_jwks_url": "https://idp.example/keys"}, True),
        ({"auth_issuer": "https://idp.example/"}, True),
        ({"cors_origins": "http://localhost:3000"}, False),
    ],
)
def test_settings_say_whether_people_sign_in(settings: dict[str, Any], needed: bool) -> None:
    container = Container(Settings(**settings))
    assert isinstance(container.default_owner, SignedInOnly) is needed
    container.close()
