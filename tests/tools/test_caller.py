"""Whose run it is: who signed in wins, and what stands for nobody is no identity."""

from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.authentication import UnauthenticatedUser

from app.errors import InputError
from app.settings import signed_in_user
from app.tasks import Owner
from app.tools import Context, caller

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
