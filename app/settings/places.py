"""Say what one place in the model chain is called with."""

import re
from dataclasses import dataclass, field

from .operations import Limit
from .secret import Secret

PROVIDERS = ("gemini", "groq", "openai", "anthropic", "ollama")
PARTS = ("api_key", "model", "base_url", "max_input_tokens", "limits")
"""What every place in the chain has a setting for: `GROQ_MODEL`, `GROQ2_MODEL`, ..."""

_KEYLESS = ("ollama",)

_PLACE = re.compile(rf"({'|'.join(PROVIDERS)})([2-9]|[1-9][0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """One place in the chain, such as `groq` or, with another key, `groq2`.

    What is None was not given: then the provider's own default holds, if it has one.
    """

    name: str
    provider: str
    api_key: Secret | None = field(default=None, repr=False)
    model: str
    base_url: str | None = None
    max_input_tokens: int | None = None
    limits: tuple[Limit, ...] = ()

    @property
    def usable(self) -> bool:
        """Say whether it can be asked: with a key, or where none is needed.

        An OpenAI-compatible endpoint with an address of its own may be a local one.
        """
        own_address = self.provider == "openai" and self.base_url is not None
        return bool(self.api_key) or own_address or self.provider in _KEYLESS

    @property
    def key_name(self) -> str:
        """Return the name of the setting that holds its key."""
        return f"{self.name.upper()}_API_KEY"


def provider_of(name: str) -> str | None:
    """Return the provider of a place in the chain; None where the name is none."""
    match = _PLACE.fullmatch(name)
    return match[1] if match else None
