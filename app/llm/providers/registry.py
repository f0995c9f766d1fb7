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
from ...settings import ModelSettings, Settings
from ..failures.kinds import Kind, Verdict
from ..messages.provider_shapes import for_gemini, in_plain_strings
from ..resilience.breaker import BreakerKeys
from ..resilience.rate_limit_headers import Told, groq_quotas
from . import clients
from .clients import Client
from .tool_declarations import declarations, declarations_of_one_type


@dataclass(frozen=True, slots=True)
class Provider:
    """How to reach a provider, and what it wants.

    `package` is what brings its client; where that is an extra of ours, the extra has the
    provider's name. `quota_zone` is where a day's quota comes back at midnight,
    `quota_of_input` says that its token quotas count what goes in alone, and `quotas` reads
    quotas out of the headers of its answers.
    """

    label: str
    url: str
    package: str
    open: Callable[[ModelSettings, str, Settings], Client]
    shape: Callable[[Sequence[BaseMessage]], list[BaseMessage]] = in_plain_strings
    declare: Callable[[Sequence[BaseTool]], list[dict[str, Any]]] = declarations
    quota_zone: str | None = None
    quota_of_input: bool = False
    quotas: Callable[[Mapping[str, str]], list[Told]] | None = None


PROVIDERS = {
    "gemini": Provider(
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
        label="Groq",
        url="https://api.groq.com",
        package="langchain_groq",
        open=clients.open_groq,
        quotas=groq_quotas,
    ),
    "openai": Provider("OpenAI", clients.OPENAI_URL, "langchain_openai", clients.open_openai),
    "anthropic": Provider(
        "Anthropic", "https://api.anthropic.com", "langchain_anthropic", clients.open_anthropic
    ),
    "ollama": Provider(
        label="Ollama",
        url="http://127.0.0.1:11434",
        package="langchain_ollama",
        open=clients.open_ollama,
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the chain: what is set for it, and its provider."""

    place: ModelSettings
    by: Provider
    settings: Settings

    @property
    def provider(self) -> str:
        """Return the place's name, such as `groq` or `groq2`; replies call it the provider."""
        return self.place.name

    @property
    def label(self) -> str:
        """Return the name that a person reads, such as `Groq` or `Groq2`."""
        return self.by.label + self.place.name.removeprefix(self.place.provider)

    @property
    def model(self) -> str:
        """Return the model's name."""
        return self.place.model

    @property
    def key_name(self) -> str:
        """Return the setting that holds its key."""
        return self.place.key_name

    @property
    def usable(self) -> bool:
        """Say whether it can be asked: with a key, or where none is needed."""
        return self.place.usable

    @property
    def installed(self) -> bool:
        """Say whether the package that brings its client is there."""
        return find_spec(self.by.package) is not None

    @property
    def breakers(self) -> BreakerKeys:
        """Return the names of its breakers, which hold no more of the key than a fingerprint."""
        mark = hashlib.sha256(f"task-relay {self._key}".encode()).hexdigest()[:16]
        head = f"{self.provider} {self.url}"
        return BreakerKeys(model=f"{head} {self.model} {mark}", key=f"{head} * {mark}")

    @property
    def secrets(self) -> list[str]:
        """Return the key in clear text, for redaction."""
        return [self._key] if self._key else []

    def load(self) -> None:
        """Import the package that brings its client, so that opening one is quick."""
        import_module(self.by.package)

    def open(self) -> Client:
        """Open a client for the running event loop."""
        return self.by.open(self.place, self.url, self.settings)

    def wait(self, verdict: Verdict, now: datetime) -> float | None:
        """Return the seconds until the model may be of use again, where that is known.

        A day's quota of Gemini comes back at midnight Pacific, whatever shorter wait the
        answer states (Gemini API rate limits page); Groq's windows roll, so its word holds.
        """
        if verdict.kind is Kind.QUOTA_DAILY and self.by.quota_zone and not verdict.sticky:
            local = now.astimezone(ZoneInfo(self.by.quota_zone))
            midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
            return (midnight - now).total_seconds()
        return verdict.retry_after

    @property
    def url(self) -> str:
        """Return the address that its client gets."""
        return self.place.base_url or self.by.url

    @property
    def _key(self) -> str:
        return self.place.api_key.reveal() if self.place.api_key else ""


def places(settings: Settings) -> list[Entry]:
    """Return the places of the chain as `entries` does, but the not installed ones too."""
    return [Entry(place, PROVIDERS[place.provider], settings) for place in settings.models]


def entries(settings: Settings) -> list[Entry]:
    """Return the places of the chain in the order in which they are asked, usable or not.

    Raises:
        SettingsError: The package that brings a provider's client is not installed.
    """
    found = places(settings)
    for entry in found:
        if entry.usable and not entry.installed:
            raise SettingsError(
                f"LLM_CHAIN names {entry.provider}, whose package is not installed: run "
                f'python -m pip install -e ".[{entry.place.provider}]" -c constraints.txt'
            )
    return found
