"""Say who a JSON Web Token of an identity provider was given to."""

from typing import Any

import jwt

from ...errors import InputError, SignInError
from ...settings import BACKEND, NOBODY, clean_user_id
from .key_set import KeySet

_LEEWAY = 30.0
"""Seconds that the clocks of the provider and ours may differ."""

_LONGEST = 16_384

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (jwt.ExpiredSignatureError, "the token has expired"),
    (jwt.ImmatureSignatureError, "the token isn't valid yet"),
    (jwt.InvalidAudienceError, "the token is for another audience"),
    (jwt.InvalidIssuerError, "the token is another issuer's"),
    (jwt.MissingRequiredClaimError, "the token lacks a claim that it must have"),
)


class IdentityProvider:
    """One provider, as `AUTH_JWKS_URL`, `AUTH_ISSUER` and `AUTH_AUDIENCE` say.

    Args:
        keys: Its keys.
        issuer: What it calls itself, to the letter.
        audience: What it calls this program.
        claim: Which claim is the user.
    """

    def __init__(self, keys: KeySet, issuer: str, audience: str, claim: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._claim = claim

    async def user_of(self, token: str) -> str:
        """Return whom the provider gave a token to.

        Raises:
            SignInError: It isn't the provider's, not for us, or not valid now.
        """
        try:
            if len(token) > _LONGEST:
                raise ValueError("too long")
            header = jwt.get_unverified_header(token)
            algorithm = header.get("alg")
            key_id = header.get("kid")
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise SignInError("Sign in: this token isn't known.") from None
        if not isinstance(algorithm, str):
            raise SignInError("Sign in: this token isn't known.")
        key = await self._keys.find(key_id, algorithm)
        try:
            claims = jwt.decode(
                token,
                key.public,
                algorithms=list(key.algorithms),
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY,
                options={"require": ["iss", "aud", "exp"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise SignInError(f"Sign in: {_reason(error)}.") from None
        return self._user_in(claims)

    def _user_in(self, claims: dict[str, Any]) -> str:
        user = claims.get(self._claim)
        try:
            if not isinstance(user, str) or clean_user_id(user) != user:
                raise InputError("no user")
        except InputError:
            raise SignInError("Sign in: the token's claim for the user can't be used.") from None
        if user in (BACKEND, NOBODY):
            raise SignInError(f'Sign in: nobody is called "{user}".')
        if self._claim == "email" and claims.get("email_verified") is False:
            raise SignInError("Sign in: the provider hasn't verified the token's address.")
        return user


def _reason(error: Exception) -> str:
    return next((text for kind, text in _REASONS if isinstance(error, kind)), "the token is wrong")
