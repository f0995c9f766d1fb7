"""Ask a provider which models it has, by the endpoint that its API has for that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from email.utils import parsedate_to_datetime
from itertools import takewhile
from typing import Any

_NEAR = 3
_MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class ModelList:
    """The names that a provider lists, and what its clock said (HTTP `date`)."""

    names: tuple[str, ...]
    told_at: datetime | None = None

    def has(self, model: str) -> bool:
        """Say whether a model is listed; Ollama's `name` means `name:latest`."""
        return model in self.names or f"{model}:latest" in self.names

    def near(self, model: str) -> tuple[str, ...]:
        """Return the listed names that resemble a model's most: of its family, then spelt so."""

        def likeness(name: str) -> tuple[int, float]:
            same = takewhile(lambda pair: pair[0] == pair[1], zip(model, name, strict=False))
            return len(list(same)), SequenceMatcher(None, model, name).ratio()

        return tuple(sorted(self.names, key=likeness, reverse=True)[:_NEAR])


class ListRefused(Exception):
    """The provider answered with an HTTP error; shaped as its SDKs' errors are."""

    def __init__(self, response: Any) -> None:
        super().__init__(f"HTTP {response.status_code}")
        self.response = response
        self.status_code = response.status_code
        self.body = response.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where and how a provider lists its models, by its API reference.

    Attributes:
        path: What follows its address.
        headers: Makes the headers of a key, which is empty where none is needed.
        names: Reads the models' names out of a page.
        first_page: The parameters of the first page.
        next_page: Makes the parameters of the next page of one; None after the last.
    """

    path: str
    headers: Callable[[str], Mapping[str, str]]
    names: Callable[[Mapping[str, Any]], list[str]]
    first_page: tuple[tuple[str, str], ...] = ()
    next_page: Callable[[Mapping[str, Any]], Mapping[str, str] | None] = lambda page: None


async def list_models(listing: Listing, url: str, key: str, connect: float) -> ModelList:
    """Return the models that a provider lists for a key.

    Args:
        listing: How the provider does it.
        url: Its base URL, as its client gets it.
        key: The key; empty where none is needed.
        connect: Seconds to connect; the caller limits the rest.

    Raises:
        ListRefused: The provider answered with an error.
        Exception: What httpx raises; `ValueError` or the like for a body that is no list.
    """
    import httpx

    names: list[str] = []
    told_at = None
    parameters: Mapping[str, str] | None = dict(listing.first_page)
    async with httpx.AsyncClient(timeout=httpx.Timeout(None, connect=connect)) as http:
        for _ in range(_MOST_PAGES):
            response = await http.get(
                f"{url}{listing.path}", params=parameters, headers=listing.headers(key)
            )
            if response.status_code != 200:
                raise ListRefused(response)
            page = response.json()
            names += listing.names(page)
            told_at = told_at or _date(response.headers.get("date"))
            parameters = listing.next_page(page)
            if parameters is None:
                break
    return ModelList(tuple(dict.fromkeys(names)), told_at)


def _date(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None


def bearer(key: str) -> Mapping[str, str]:
    """Return the header that most APIs want a key in; none where there is no key."""
    return {"authorization": f"Bearer {key}"} if key else {}


def ids(page: Mapping[str, Any]) -> list[str]:
    """Return the names in a page of OpenAI's form, without models that are switched off."""
    return [model["id"] for model in page["data"] if model.get("active", True)]
