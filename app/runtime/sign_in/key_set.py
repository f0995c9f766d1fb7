"""Fetch an identity provider's keys, seldom and apart from the event loop, and keep them."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from ...errors import SignInError

LIFETIME, KEPT, PAUSE = 600.0, 3600.0, 10.0
"""Seconds: after which keys are asked for again, after which they no longer count where the
provider can't be reached, and between two questions at least."""

_TIMEOUT, _LARGEST = 5.0, 1024 * 1024
_LEAST_RSA_BITS = 2048
_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_FIXED = {*_RSA, "ES256", "ES384", "ES512", "EdDSA"}

_log = logging.getLogger("task_relay")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: its id, itself, and the algorithms that it may be used with."""

    id: str | None
    public: Any
    algorithms: tuple[str, ...]


class KeySet:
    """The keys at one address.

    Args:
        url: The address of the JSON Web Key Set.
        monotonic: The seconds that have passed.
    """

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic = monotonic
        self._keys: tuple[Key, ...] = ()
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._reading: asyncio.Task[None] | None = None
        self._failing = False

    async def find(self, key_id: str | None, algorithm: str) -> Key:
        """Return the key that a token names.

        A key that isn't known is asked for at the provider, but not more often than every ten
        seconds, however many such tokens come. Without an id the only key of the algorithm is
        meant.

        Args:
            key_id: Its id.
            algorithm: What the token says to be signed with.

        Raises:
            SignInError: There is no such key, or the provider can't be reached.
        """
        if algorithm not in _FIXED:
            raise SignInError("Sign in: the token is signed in a way that isn't allowed.")
        found, age = self._find(key_id, algorithm), self._age(self._read_at)
        if found is None or age > LIFETIME:
            reading = self._ask()
            if reading is not None and (found is None or age > KEPT):
                await asyncio.shield(reading)  # a request that goes away leaves it to the others
                found, age = self._find(key_id, algorithm), self._age(self._read_at)
        if age > KEPT:
            raise SignInError("Sign in: the identity provider's keys can't be fetched at present.")
        if found is None:
            raise SignInError("Sign in: the token is signed with a key that isn't known.")
        return found

    def _find(self, key_id: str | None, algorithm: str) -> Key | None:
        usable = [key for key in self._keys if algorithm in key.algorithms]
        if key_id is not None:
            return next((key for key in usable if key.id == key_id), None)
        return usable[0] if len(usable) == 1 else None

    def _age(self, instant: float | None) -> float:
        return float("inf") if instant is None else self._monotonic() - instant

    def _ask(self) -> "asyncio.Task[None] | None":
        """Return the question that is on its way, or a new one; None so soon after the last."""
        running = self._reading is not None and not self._reading.done()
        if running and self._reading.get_loop() is asyncio.get_running_loop():  # type: ignore[union-attr]
            return self._reading
        if self._age(self._tried_at) < PAUSE:
            return None
        self._tried_at = self._monotonic()
        self._reading = asyncio.get_running_loop().create_task(self._read())
        return self._reading

    async def _read(self) -> None:
        try:
            self._keys = read_keys(await asyncio.to_thread(_fetch, self._url))
            self._read_at = self._monotonic()
            if self._failing:
                _log.info("The keys at AUTH_JWKS_URL can be fetched again")
            self._failing = False
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            if not self._failing:
                _log.error("The keys at AUTH_JWKS_URL can't be fetched: %s", _reason(error))
            self._failing = True


def read_keys(text: bytes) -> tuple[Key, ...]:
    """Return the keys of a JSON Web Key Set that may verify signatures.

    What is there for encryption, is a shared secret or is too short is left out.

    Raises:
        ValueError: It is no such set, or holds no such key.
    """
    document = json.loads(text)
    listed = document.get("keys") if isinstance(document, dict) else None
    keys = [key for entry in listed or () if (key := _key(entry)) is not None]
    if not keys:
        raise ValueError("it holds no public key that can be used")
    return tuple(keys)


def _key(entry: Any) -> Key | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    try:
        known = jwt.PyJWK(entry)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        return None
    rsa = entry.get("kty") == "RSA"
    algorithms = _RSA if rsa and not entry.get("alg") else (known.algorithm_name,)
    public = known.key.public_key() if hasattr(known.key, "public_key") else known.key
    if not _FIXED.issuperset(algorithms) or (rsa and public.key_size < _LEAST_RSA_BITS):
        return None
    key_id = entry.get("kid")
    return Key(key_id if isinstance(key_id, str) else None, public, algorithms)


def _fetch(url: str) -> bytes:
    content = b""
    with httpx.stream("GET", url, timeout=_TIMEOUT, follow_redirects=False) as response:
        response.raise_for_status()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > _LARGEST:
                raise ValueError(f"it is larger than {_LARGEST} bytes")
    return content


def _reason(error: Exception) -> str:
    """Return what failed, without what a stranger's server says."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return type(error).__name__
