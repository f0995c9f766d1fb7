"""Try the models of the chain by hand: past the breakers, all at the same time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import HumanMessage

from ...clock import Clock
from ...settings import FailureKind, Settings
from ...telemetry import redact
from ..failures import Verdict, classify
from ..stream import StreamResult, TimeLimits, read_stream
from .adapter import Client
from .model_lists import ModelList, list_models
from .opening import NotOpenedError, open_client, with_variable
from .registry import Place

_MESSAGE = "Reply with the word OK."


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of trying one place of the chain.

    `listed` is its provider's list of models, `unlisted` why there is none. `failure` says
    why the call failed, None where it answered; `milliseconds` is how long it took. `limits`
    are the provider's words on what is left, by header.
    """

    place: Place
    listed: ModelList | None
    unlisted: Verdict | None
    failure: Verdict | None
    milliseconds: int
    limits: Mapping[str, str] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Say whether the model answered."""
        return self.failure is None

    @property
    def key_accepted(self) -> bool | None:
        """Say whether the provider took the key; None where that stayed open."""
        verdicts = [one for one in (self.failure, self.unlisted) if one is not None]
        if self.answered or self.listed is not None:
            return True
        return False if any(one.kind is FailureKind.AUTH for one in verdicts) else None


async def probe(places: Sequence[Place], settings: Settings, clock: Clock) -> list[Probed]:
    """Call each model once, and ask its provider for the list, within the settings' limits.

    Args:
        places: The places to try, all at the same time.
        settings: How long to wait for what.
        clock: Where the time comes from.
    """
    return list(await asyncio.gather(*(_probe(place, settings, clock) for place in places)))


async def _probe(place: Place, settings: Settings, clock: Clock) -> Probed:
    listing = asyncio.create_task(_list(place, settings, clock))
    headers: dict[str, str] = {}
    started = clock.monotonic()
    try:
        client = await asyncio.to_thread(open_client, place)
        started = clock.monotonic()
        heard = await _call(client, settings, headers, clock)
    except NotOpenedError as error:
        heard = StreamResult(None, error.verdict)
    except Exception as error:  # noqa: BLE001 - the edge to other people's clients
        heard = StreamResult(None, classify(error, now=clock.now()))
    milliseconds = round((clock.monotonic() - started) * 1000)
    listed, unlisted = await listing
    return Probed(
        place,
        listed,
        _redacted(unlisted, place),
        _redacted(heard.verdict, place),
        milliseconds,
        {name: value for name, value in headers.items() if name.startswith("x-ratelimit-")},
    )


async def _call(
    client: Client, settings: Settings, headers: dict[str, str], clock: Clock
) -> StreamResult:
    """Say one word to a model, with the client that the chain uses."""
    limits = TimeLimits(
        settings.first_token_timeout, settings.stall_timeout, settings.model_timeout
    )
    _keep_headers(client, headers)
    try:
        return await read_stream(client.model, [HumanMessage(_MESSAGE)], None, limits, clock)
    finally:
        await client.close()


def _keep_headers(client: Client, headers: dict[str, str]) -> None:
    """Note the headers of the coming answer, where the client's connections are ours."""
    http: Any = getattr(client.model, "http_async_client", None)
    if http is None:
        return

    async def keep(response: Any) -> None:
        headers.update(response.headers)

    hooks = http.event_hooks
    http.event_hooks = hooks | {"response": [*hooks.get("response", ()), keep]}


async def _list(
    place: Place, settings: Settings, clock: Clock
) -> tuple[ModelList | None, Verdict | None]:
    key = place.settings.api_key
    try:
        async with asyncio.timeout(settings.first_token_timeout):
            secret = key.reveal() if key else ""
            listing = place.adapter.listing
            listed = await list_models(listing, place.url, secret, settings.connect_timeout)
            return listed, None
    except Exception as error:  # noqa: BLE001 - any client's, or a body that is no list
        return None, classify(error, now=clock.now())


def _redacted(verdict: Verdict | None, place: Place) -> Verdict | None:
    if verdict is None:
        return None
    return replace(with_variable(verdict), detail=redact(verdict.detail, place.secrets))
