"""Name the places of the model chain, and say what is set for each."""

import re
from dataclasses import dataclass, field

from .providers import PROVIDERS, Provider
from .secret import Secret
from .values import Limit, split

_PLACE = re.compile(rf"({'|'.join(PROVIDERS)})([2-9]|[1-9][0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """What is set for one place in the chain, such as `groq` or, with another key, `groq2`.

    What is None was not given: then the provider's own default holds, if it has one.
    """

    name: str
    provider: Provider
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
        return bool(self.api_key) or not self.provider.needs_key or self._is_another_service

    @property
    def key_name(self) -> str:
        """Return the name of the setting that holds its key."""
        return f"{self.name.upper()}_API_KEY"

    @property
    def price_name(self) -> str | None:
        """Return whose prices hold here, by genai-prices' name; None where that is unknown."""
        return None if self._is_another_service else self.provider.price_name

    @property
    def _is_another_service(self) -> bool:
        return self.provider.speaks_for_others and self.base_url is not None


def provider_of(place: str) -> Provider | None:
    """Return the provider of a place in the chain; None where the name is none."""
    match = _PLACE.fullmatch(place)
    return PROVIDERS[match[1]] if match else None


def is_numbered(place: str) -> bool:
    """Say whether a name is that of a further place of a provider, such as `groq2`."""
    return provider_of(place) is not None and place not in PROVIDERS


def places(value: object) -> tuple[str, ...]:
    """Read the places of the model chain, apart by commas."""
    names = tuple(split(value))
    if not all(map(provider_of, names)) or len(set(names)) < len(names):
        raise ValueError(
            f"a list apart by commas of {', '.join(PROVIDERS)}, where one that comes again "
            "has a number, such as groq,groq2"
        )
    return names
