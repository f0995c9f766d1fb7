"""The places of the chain, each with its provider's row and the adapter of its file."""

import hashlib
import hmac
from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from zoneinfo import ZoneInfo

from langchain_core.messages import BaseMessage

from ...errors import SettingsError
from ...settings import FailureKind, PlaceSettings, Provider, Scope, Settings, next_midnight
from ..failures import A_DAY, Verdict
from ..messages import Recipient
from .adapter import Client, ProviderAdapter


def adapter_of(provider: Provider) -> ProviderAdapter:
    """Return the adapter of a provider, from the file of its name."""
    adapter: ProviderAdapter = import_module(f".{provider.name}", __package__).ADAPTER
    return adapter


@dataclass(frozen=True, slots=True)
class BreakerKeys:
    """The two breakers of a place in the chain."""

    model: str
    key: str

    def of(self, verdict: Verdict) -> str:
        """Return which of the two a failure concerns."""
        return self.key if verdict.scope is Scope.KEY else self.model


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the chain, such as `groq` or `groq2`.

    `settings` is what is set for it alone, `shared` what is set for all places, and `adapter`
    what its provider's client wants.
    """

    settings: PlaceSettings
    adapter: ProviderAdapter
    shared: Settings

    @property
    def name(self) -> str:
        """Return its name, such as `groq` or `groq2`; replies call it the provider."""
        return self.settings.name

    @property
    def provider(self) -> Provider:
        """Return the row of who answers there."""
        return self.settings.provider

    @property
    def label(self) -> str:
        """Return the name that a person reads, such as `Groq` or `Groq2`."""
        return self.provider.label + self.name.removeprefix(self.provider.name)

    @property
    def model(self) -> str:
        """Return the model's name."""
        return self.settings.model

    @property
    def key_name(self) -> str:
        """Return the setting that holds its key."""
        return self.settings.key_name

    @property
    def usable(self) -> bool:
        """Say whether it can be asked: with a key, or where none is needed."""
        return self.settings.usable

    @property
    def installed(self) -> bool:
        """Say whether the package that brings its client is there."""
        return find_spec(self.provider.module) is not None

    @property
    def breakers(self) -> BreakerKeys:
        """Return the names of its breakers, which hold no more of the key than a fingerprint."""
        mark = hashlib.sha256(f"task-relay {self._key}".encode()).hexdigest()[:16]
        head = f"{self.name} {self.url}"
        return BreakerKeys(model=f"{head} {self.model} {mark}", key=f"{head} * {mark}")

    @property
    def signer(self) -> str:
        """Return the mark of what its model and key sign: a fingerprint keyed with the key."""
        signed = f"task-relay signature {self.url} {self.model}".encode()
        return hmac.new(self._key.encode(), signed, hashlib.sha256).hexdigest()[:32]

    def shaped(
        self,
        conversation: Sequence[BaseMessage],
        *,
        words_only: bool = False,
        refused: Container[str] = (),
        sees: bool = False,
    ) -> list[BaseMessage]:
        """Return a conversation as its provider accepts it.

        Args:
            conversation: What is told.
            words_only: Leave out signatures and attachments, since they were refused.
            refused: The fingerprints of those that were refused before.
            sees: Whether the model sees images.
        """
        recipient = Recipient(self.signer, words_only, refused, self.model, sees)
        return self.adapter.shape(conversation, recipient)

    @property
    def secrets(self) -> list[str]:
        """Return the key in clear text, for redaction."""
        return [self._key] if self._key else []

    def load(self) -> None:
        """Import the package that brings its client, so that opening one is quick.

        One that can't be imported is told when a client is opened.
        """
        with suppress(Exception):
            import_module(self.provider.module)

    def open(self) -> Client:
        """Open a client for the running event loop."""
        return self.adapter.open(self.settings, self.url, self.shared)

    def wait(self, verdict: Verdict, now: datetime) -> float | None:
        """Return the seconds until the model may be of use again, where that is known.

        A day's quota of Gemini comes back at midnight Pacific, whatever shorter wait the
        answer states (Gemini API rate limits page); Groq's windows roll, so its word holds.

        Args:
            verdict: How it failed.
            now: The instant.
        """
        if (
            verdict.kind is FailureKind.QUOTA_DAILY
            and self.provider.quota_zone
            and not verdict.sticky
        ):
            midnight = next_midnight(now, ZoneInfo(self.provider.quota_zone))
            return min(A_DAY, (midnight - now).total_seconds())
        return verdict.retry_after

    @property
    def url(self) -> str:
        """Return the address that its client gets."""
        return self.settings.base_url or self.provider.url

    @property
    def _key(self) -> str:
        return self.settings.api_key.reveal() if self.settings.api_key else ""


def places(settings: Settings) -> list[Place]:
    """Return the places of the chain in the order in which they are asked, usable or not."""
    return [Place(one, adapter_of(one.provider), settings) for one in settings.places]


def installed_places(settings: Settings) -> list[Place]:
    """Return the places of the chain as `places` does.

    Raises:
        SettingsError: The package that brings a provider's client is not installed.
    """
    chain = places(settings)
    for place in chain:
        if place.usable and not place.installed:
            raise SettingsError(
                f"LLM_CHAIN names {place.name}, whose package is not installed: run "
                f"{place.provider.install}"
            )
    return chain
