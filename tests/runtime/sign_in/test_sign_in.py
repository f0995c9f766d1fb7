"""Who asks: by a token of the file, or by one of the provider; either lets in."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import SignInError
from app.runtime import SignIn
from app.settings import Settings
from tests.fakes.key_server import AUDIENCE, ISSUER, KeyServer, SigningKey

ANN = "a" * 32
KEY = SigningKey("one")


@pytest.fixture
def both(tmp_path: Path) -> Iterator[SignIn]:
    server = KeyServer(KEY.public())
    people = tmp_path / "people"
    people.write_text(f"ann {ANN}\n")
    people.chmod(0o600)
    yield SignIn(
        Settings(
            auth_tokens=people,
            auth_jwks_url=server.url,
            auth_issuer=ISSUER,
            auth_audience=AUDIENCE,
        )
    )
    server.stop()


def test_either_lets_in(both: SignIn) -> None:
    assert both.needed
    assert asyncio.run(both.user_of(f"Bearer {ANN}")) == "ann"
    assert asyncio.run(both.user_of(f"bearer   {ANN} ")) == "ann"
    assert asyncio.run(both.user_of(f"Bearer {KEY.token(sub='bob')}")) == "bob"


def test_langgraph_s_clients_may_send_it_as_their_key(both: SignIn) -> None:
    assert asyncio.run(both.user_of(None, ANN)) == "ann"
    assert asyncio.run(both.user_of(f"Bearer {ANN}", "lsv2_of_another_service")) == "ann"
    for header, key in ((None, "x"), (None, ""), ("Bearer x", ANN), ("Basic x", ANN)):
        with pytest.raises(SignInError):
            asyncio.run(both.user_of(header, key))


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", f"Basic {ANN}", ANN, f"Bearer{ANN}", "Bearer x"]
)
def test_who_shows_no_token_is_told_how(both: SignIn, header: str | None) -> None:
    with pytest.raises(SignInError, match="Sign in: "):
        asyncio.run(both.user_of(header))


def test_without_either_nobody_signs_in() -> None:
    assert not SignIn(Settings()).needed


def test_bad_change_of_the_file_refuses_everybody(both: SignIn, tmp_path: Path) -> None:
    (tmp_path / "people").write_text("ann\n")
    for token in (ANN, KEY.token()):
        with pytest.raises(SignInError, match="nobody is let in"):
            asyncio.run(both.user_of(f"Bearer {token}"))
