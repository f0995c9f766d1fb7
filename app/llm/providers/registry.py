"""Know the providers: nothing else in the chain knows one by name.

A new provider is a row here, a function in `clients.py`, and its settings.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.messages import BaseMessage
from langchain_core.tools import BaseTool

from ...errors import SettingsError
from ...settings import PlaceSettings, Settings
from ..failures.kinds import Kind, Verdict
from ..messages.provider_shapes import for_gemini, in_plain_strings
from ..resilience.breaker import BreakerKeys
from ..resilience.rate_limit_headers import RemainingQuota, groq_quotas
from . import clients
from .clients import Client
from .tool_declarations import declarations, declarations_of_one_type


@dataclass(frozen=True, slots=True)
class Provider:
    """How to reach a provider, and what it wants.

    `name` is what settings call it, `label` what people read. `package` is what brings its
    client; where that is an extra of ours, the extra has the provider's name. `quota_zone` is
    where a day's quota comes back at midnight, `quota_of_input` says that its token quotas count
    what goes in alone, and `quotas` reads quotas out of the headers of its answers.
    """

    name: str
    label: str
    url: str
    package: str
    open: Callable[[PlaceSettings, str, Settings], Client]
    shape: Callable[[Sequence[BaseMessage]], list[BaseMessage]] = in_plain_strings
    declare: Callable[[Sequence[BaseTool]], list[dict[str, Any]]] = declarations
    quota_zone: str | None = None
    quota_of_input: bool = False
    quotas: Callable[[Mapping[str, str]], list[RemainingQuota]] | None = None


PROVIDERS = {
    "gemini": Provider(
        name="gemini",
        label="Gemini",
        url="https://generativelanguage.googleapis.com",
        package="langchain_google_genai",
        open=clients.open_gemini,
        shape=for_gemini,
        declare=declarations_of_one_type,
        quota_zone="America/Los_Angeles",
        quota_of_input=True,
    ),
    "groq": Provider(
        name="groq",
        label="Groq",
        url="https://api.groq.com",
        package="langchain_groq",
        open=clients.open_groq,
        quotas=groq_quotas,
    ),
    "openai": Provider(
        "openai", "OpenAI", clients.OPENAI_URL, "langchain_openai", clients.open_openai
    ),
    "anthropic": Provider(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com",
        "langchain_anthropic",
        clients.open_anthropic,
    ),
    "ollama": Provider(
        name="ollama",
        label="Ollama",
        url="http://127.0.0.1:11434",
        package="langchain_ollama",
        open=clients.open_ollama,
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the chain, such as `groq` or `groq2`.

    `settings` is what is set for it alone, `provider` who answers there, and `shared` what is
    set for all places.
    """

    settings: PlaceSettings
    provider: Provider
    shared: Settings

    @property
    def name(self) -> str:
        """Return its name, such as `groq` or `groq2`; replies call it the provider."""
        return self.settings.name

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
        return find_spec(self.provider.package) is not None

    @property
    def breakers(self) -> BreakerKeys:
        """Return the names of its breakers, which hold no more of the key than a fingerprint."""
        mark = hashlib.sha256(f"task-relay {self._key}".encode()).hexdigest()[:16]
        head = f"{self.name} {self.url}"
        return BreakerKeys(model=f"{head} {self.model} {mark}", key=f"{head} * {mark}")

    @property
    def secrets(self) -> list[str]:
        """Return the key in clear text, for redaction."""
        return [self._key] if self._key else []

    def load(self) -> None:
        """Import the package that brings its client, so that opening one is quick."""
        import_module(self.provider.package)

    def open(self) -> Client:
        """Open a client for the running event loop."""
        return self.provider.open(self.settings, self.url, self.shared)

    def wait(self, verdict: Verdict, now: datetime) -> float | None:
        """Return the seconds until the model may be of use again, where that is known.

        A day's quota of Gemini comes back at midnight Pacific, whatever shorter wait the
        answer states (Gemini API rate limits page); Groq's windows roll, so its word holds.
        """
        if verdict.kind is Kind.QUOTA_DAILY and self.provider.quota_zone and not verdict.sticky:
            local = now.astimezone(ZoneInfo(self.provider.quota_zone))
            midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
            return (midnight - now).total_seconds()
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
    return [Place(place, PROVIDERS[place.provider], settings) for place in settings.places]


def installed_places(settings: Settings) -> list[Place]:
    """Return the places of the chain as `places` does.

    Raises:
        SettingsError: The package that brings a provider's client is not installed.
    """
    found = places(settings)
    for place in found:
        if place.usable and not place.installed:
            raise SettingsError(
                f"LLM_CHAIN names {place.name}, whose package is not installed: run "
                f'python -m pip install -e ".[{place.provider.name}]" -c constraints.txt'
            )
    return found
