"""An identity provider's tokens: which are taken, and how seldom its keys are fetched."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from app.errors import SettingsError, SignInError
from app.runtime import SignIn
from app.runtime.sign_in.identity_provider import IdentityProvider
from app.runtime.sign_in.key_set import KEPT, LIFETIME, PAUSE, KeySet
from app.settings import Settings
from tests.fakes.key_server import AUDIENCE, ISSUER, KeyServer, SigningKey

RSA, OTHER = SigningKey("one"), SigningKey("two")
ELLIPTIC = {name: SigningKey(name, name) for name in ("ES256", "ES384", "EdDSA")}
NOW = int(time.time())


@pytest.fixture
def server() -> Iterator[KeyServer]:
    running = KeyServer(RSA.public())
    yield running
    running.stop()


class Passed:
    """The seconds that have passed; a test moves them."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def passed() -> Passed:
    return Passed()


@pytest.fixture
def who(server: KeyServer, passed: Passed) -> Iterator[Callable[[str], str]]:
    """Return who a token was given to."""
    provider = IdentityProvider(KeySet(server.url, passed), ISSUER, AUDIENCE, "sub")
    with asyncio.Runner() as runner:
        yield lambda token: runner.run(provider.user_of(token))


def forged(header: dict[str, Any], secret: bytes | None, **claims: Any) -> str:
    """Return a token as a forger writes it, without or with a shared secret."""
    body = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "exp": NOW + 300, **claims}
    parts = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, body)
    ]
    signed = b".".join(parts)
    mark = hmac.new(secret, signed, hashlib.sha256).digest() if secret is not None else b""
    return (signed + b"." + base64.urlsafe_b64encode(mark).rstrip(b"=")).decode()


def test_user_is_whom_the_provider_names(who: Callable[[str], str], server: KeyServer) -> None:
    assert who(RSA.token()) == "ann"
    assert who(RSA.token(aud=["x", AUDIENCE], sub="Ann Lee|7", nbf=NOW - 5)) == "Ann Lee|7"
    assert who(RSA.token(exp=int(time.time()) - 10)) == "ann", "clocks may differ by half a minute"
    assert server.asked == 1


@pytest.mark.parametrize("key", ELLIPTIC.values(), ids=list(ELLIPTIC))
def test_elliptic_keys_are_known_too(
    who: Callable[[str], str], server: KeyServer, key: SigningKey
) -> None:
    server.keys = [RSA.public(), key.public()]
    assert who(key.token()) == "ann"


def test_rsa_key_without_an_algorithm_takes_each_of_rsa(
    who: Callable[[str], str], server: KeyServer
) -> None:
    for algorithm in ("RS384", "PS256", "PS512"):
        RSA.algorithm = algorithm
        try:
            assert who(RSA.token()) == "ann"
        finally:
            RSA.algorithm = "RS256"


REFUSED = {
    "another issuer": RSA.token(iss="https://evil.example/"),
    "issuer almost": RSA.token(iss=ISSUER.rstrip("/")),
    "no issuer": RSA.token(iss=None),
    "another audience": RSA.token(aud="other"),
    "audiences without ours": RSA.token(aud=["a", "b"]),
    "no audience": RSA.token(aud=None),
    "expired": RSA.token(exp=NOW - 3600),
    "no expiry": RSA.token(exp=None),
    "expiry in words": RSA.token(exp="tomorrow"),
    "not yet": RSA.token(nbf=NOW + 3600),
    "made tomorrow": RSA.token(iat=NOW + 86_400),
    "no user": RSA.token(sub=None),
    "empty user": RSA.token(sub=""),
    "blank user": RSA.token(sub="  "),
    "number": RSA.token(sub=7),
    "list": RSA.token(sub=["ann"]),
    "too long": RSA.token(sub="u" * 201),
    "spaces around": RSA.token(sub=" ann"),
    "control character": RSA.token(sub="ann\n"),
    "backend": RSA.token(sub="*"),
    "nobody": RSA.token(sub="anonymous"),
    "another's key under our id": SigningKey("one").token(),
    "unknown key": OTHER.token(),
    "no key id, another's": OTHER.token({"kid": None}),
    "none": forged({"alg": "none", "kid": "one"}, None),
    "none without a dot": forged({"alg": "none"}, None).rstrip("."),
    "None": forged({"alg": "None", "kid": "one"}, b""),
    "no algorithm": forged({"kid": "one"}, b""),
    "number for algorithm": forged({"alg": 1, "kid": "one"}, b""),
    "number for key id": forged({"alg": "RS256", "kid": 1}, b""),
    "public key as secret": forged(
        {"alg": "HS256", "kid": "one"},
        RSA.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    ),
    "key in the header": forged({"alg": "HS256", "jwk": {"kty": "oct", "k": "AA"}}, b"\0"),
    "critical header": RSA.token({"crit": ["exp"], "exp": 1}),
    "changed": RSA.token()[:-10] + "A" * 10,
    "no parts": "abc",
    "two dots": "..",
    "no text": "a.b.c",
    "deep": base64.urlsafe_b64encode(b"[" * 9000).decode().rstrip("=") + ".e30.AA",
    "long": RSA.token(extra="x" * 20_000),
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=list(REFUSED))
def test_token_that_isn_t_right_is_refused(who: Callable[[str], str], token: str) -> None:
    assert who(RSA.token()) == "ann"
    with pytest.raises(SignInError) as refused:
        who(token)
    assert token not in str(refused.value)


def test_key_without_an_id_is_the_only_one_or_none(
    who: Callable[[str], str], server: KeyServer, passed: Passed
) -> None:
    token = RSA.token({"kid": None})
    assert who(token) == "ann"
    server.keys = [RSA.public(), OTHER.public()]
    passed.seconds += LIFETIME + 1
    assert who(token) == "ann", "the old keys, while the new ones are on their way"
    with pytest.raises(SignInError):
        who(RSA.token({"kid": "unknown"}))
    with pytest.raises(SignInError):
        who(token)


@pytest.mark.parametrize(
    "key",
    [
        RSA.public(use="enc"),
        RSA.public(alg="RSA-OAEP"),
        SigningKey("one", bits=1024).public(),
        {"kty": "oct", "kid": "one", "k": "AAAA"},
        {"kty": "RSA", "kid": "one"},
        "no key",
    ],
)
def test_key_that_is_not_for_signatures_or_too_short_is_left_out(
    who: Callable[[str], str], server: KeyServer, key: Any
) -> None:
    server.keys = [key, OTHER.public()]
    assert who(OTHER.token()) == "ann"
    for algorithm in ("RS256", "HS256"):
        with pytest.raises(SignInError):
            who(forged({"alg": algorithm, "kid": "one"}, b"\0\0\0"))
    with pytest.raises(SignInError):
        who(RSA.token())


def test_new_key_is_fetched_when_a_token_names_it(
    who: Callable[[str], str], server: KeyServer, passed: Passed
) -> None:
    who(RSA.token())
    server.keys = [OTHER.public()]
    passed.seconds += PAUSE
    assert who(OTHER.token()) == "ann"
    with pytest.raises(SignInError):
        who(RSA.token())
    assert server.asked == 2


def test_unknown_keys_are_asked_for_seldom(
    who: Callable[[str], str], server: KeyServer, passed: Passed
) -> None:
    for number in range(20):
        with pytest.raises(SignInError):
            who(RSA.token({"kid": f"made up {number}"}))
    assert server.asked == 1
    passed.seconds += PAUSE
    with pytest.raises(SignInError):
        who(RSA.token({"kid": "made up"}))
    assert server.asked == 2


def test_many_at_once_ask_once(server: KeyServer, passed: Passed) -> None:
    provider = IdentityProvider(KeySet(server.url, passed), ISSUER, AUDIENCE, "sub")

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(provider.user_of(RSA.token()) for _ in range(20)))

    assert asyncio.run(all_at_once()) == ["ann"] * 20
    assert server.asked == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, None), (302, None), (200, b"<html>"), (200, b"{}"), (200, b"[1]"), (200, b"[" * 99_999)],
)
def test_provider_that_is_down_lets_nobody_new_in_and_known_keys_count_for_an_hour(
    who: Callable[[str], str],
    server: KeyServer,
    passed: Passed,
    status: int,
    body: bytes | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "task_relay")
    server.broken, server.body = status, body
    with pytest.raises(SignInError, match="can't be fetched"):
        who(RSA.token())
    passed.seconds += PAUSE
    server.broken = server.body = None
    assert who(RSA.token()) == "ann"
    server.broken, server.body = status, body
    for _ in range(3):
        passed.seconds += LIFETIME + 1
        assert who(RSA.token()) == "ann"
    passed.seconds += KEPT
    with pytest.raises(SignInError, match="can't be fetched"):
        who(RSA.token())
    down = [line for line in caplog.messages if "can't be fetched" in line]
    assert len(down) == 2, "once for each outage"
    assert "The keys at AUTH_JWKS_URL can be fetched again" in caplog.messages


def test_provider_that_can_t_be_reached_lets_nobody_in() -> None:
    server = KeyServer(RSA.public())
    server.stop()
    provider = IdentityProvider(KeySet(server.url), ISSUER, AUDIENCE, "sub")
    with pytest.raises(SignInError, match="can't be fetched"):
        asyncio.run(provider.user_of(RSA.token()))


def test_user_may_be_another_claim(server: KeyServer, passed: Passed) -> None:
    provider = IdentityProvider(KeySet(server.url, passed), ISSUER, AUDIENCE, "email")

    async def answers() -> list[Any]:
        tokens = [
            RSA.token(email="ann@example.com"),
            RSA.token(email="ann@example.com", email_verified=True),
            RSA.token(email="eve@example.com", email_verified=False),
            RSA.token(),
        ]
        return await asyncio.gather(*map(provider.user_of, tokens), return_exceptions=True)

    first, second, *refused = asyncio.run(answers())
    assert (first, second) == ("ann@example.com", "ann@example.com")
    assert [type(one) for one in refused] == [SignInError, SignInError]


SETTINGS = {"auth_jwks_url": "https://idp/keys", "auth_issuer": "x", "auth_audience": "y"}


@pytest.mark.parametrize(
    "left_out",
    [
        *({name} for name in SETTINGS),
        {"auth_issuer", "auth_audience"},
        {"auth_jwks_url", "auth_issuer"},
    ],
)
def test_provider_that_is_named_by_half_stops_the_start(left_out: set[str]) -> None:
    given: dict[str, Any] = {name: SETTINGS[name] for name in SETTINGS.keys() - left_out}
    with pytest.raises(SettingsError, match="together") as refused:
        SignIn(Settings(**given))
    assert all(name.upper() in str(refused.value) for name in left_out)


@pytest.mark.parametrize(
    "url", ["http://idp.example/keys", "ftp://127.0.0.1/keys", "/keys", "https://u:p@idp/"]
)
def test_keys_come_over_https_or_from_this_machine(url: str) -> None:
    with pytest.raises(SettingsError, match="AUTH_JWKS_URL"):
        Settings(auth_jwks_url=url)
    assert Settings(auth_jwks_url="http://[::1]:9/keys").auth_jwks_url == "http://[::1]:9/keys"
