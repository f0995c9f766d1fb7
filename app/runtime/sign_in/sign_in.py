"""Say who asks: by a token of `AUTH_TOKENS`, or by one of an identity provider."""

import asyncio
from typing import TYPE_CHECKING

from ...errors import SettingsError, SignInError
from ...settings import Settings
from .token_file import TokenFile

if TYPE_CHECKING:
    from .identity_provider import IdentityProvider

_MISSING = "Sign in: send `Authorization: Bearer TOKEN`."


class SignIn:
    """Who may use a server.

    Args:
        settings: Where the people and the provider are named.

    Raises:
        SettingsError: The people can't be read, or the provider is named by half or in a way
            that can't be used.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.sign_in_doubt:
            raise SettingsError(settings.sign_in_doubt)
        self._tokens = TokenFile(settings.auth_tokens) if settings.auth_tokens else None
        self._provider = _provider(settings)
        self.needed = bool(self._tokens or self._provider)
        if self._tokens:
            self._tokens.lines()

    async def user_of(self, authorization: str | None, api_key: str | None = None) -> str:
        """Return who sends a request; `BACKEND` for a trusted backend.

        Args:
            authorization: The request's header of that name.
            api_key: Its `X-Api-Key`, where LangGraph's clients put a key; it counts where there
                is no other.

        Raises:
            SignInError: That isn't known.
        """
        scheme, _, token = (authorization or f"bearer {api_key or ''}").strip().partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise SignInError(_MISSING)
        if self._tokens:
            try:
                user = await asyncio.to_thread(self._tokens.user_of, token)
            except SettingsError:
                raise SignInError("Sign in: nobody is let in at present.") from None
            if user is not None:
                return user
        if self._provider is None:
            raise SignInError("Sign in: this token isn't known.")
        return await self._provider.user_of(token)


def _provider(settings: Settings) -> "IdentityProvider | None":
    """Return the identity provider; None where there is none."""
    named = {
        "AUTH_JWKS_URL": settings.auth_jwks_url,
        "AUTH_ISSUER": settings.auth_issuer,
        "AUTH_AUDIENCE": settings.auth_audience,
    }
    missing = [name for name, value in named.items() if not value]
    if len(missing) == len(named):
        return None
    if missing:
        raise SettingsError(
            f"AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE name an identity provider together; "
            f"{' and '.join(missing)} must be set too."
        )
    try:
        from .identity_provider import IdentityProvider
        from .key_set import KeySet
    except ModuleNotFoundError:
        raise SettingsError(
            'AUTH_JWKS_URL needs a package that is missing: pip install "pyjwt[crypto]"'
        ) from None
    url, issuer, audience = (str(value) for value in named.values())
    return IdentityProvider(KeySet(url), issuer, audience, settings.auth_user_claim)
