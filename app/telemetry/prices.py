"""Tell what a model call cost; what is not known is None, never zero.

Prices come from the data inside the `genai-prices` package, for the day of the call: it asks
no network. Settings for another contract win. An OpenAI-compatible endpoint with an address
of its own has no known price, and neither has a model on one's own machine.
"""

import logging
from collections.abc import Sequence

from ..settings import PlaceSettings, Price
from .attempt import Attempt

_log = logging.getLogger("task_relay")

_MILLION = 1_000_000


class Prices:
    """Price calls.

    Args:
        places: The places of the chain.
        own: Prices by model, which win.
    """

    def __init__(self, places: Sequence[PlaceSettings], own: Sequence[tuple[str, Price]]) -> None:
        self._own = dict(own)
        self._price_names = {place.name: place.price_name for place in places}

    def cost(self, attempt: Attempt) -> float | None:
        """Return what an attempt cost in US dollars; None where that is unknown.

        The first call for a model without a price of its own imports genai-prices, which
        takes a while: never call this on an answer's path.
        """
        tokens = attempt.tokens
        if tokens is None:
            return None
        if price := self._own.get(attempt.model):
            return (tokens.incoming * price.incoming + tokens.outgoing * price.outgoing) / _MILLION
        provider = self._price_names.get(attempt.place)
        if provider is None:
            return None
        try:
            from genai_prices import Usage, calc_price

            usage = Usage(
                input_tokens=tokens.incoming,
                output_tokens=tokens.outgoing,
                cache_read_tokens=min(tokens.cached, tokens.incoming),
            )
            found = calc_price(
                usage, attempt.model, provider_id=provider, genai_request_timestamp=attempt.at
            )
        except LookupError:
            return None
        except Exception as error:  # noqa: BLE001 - a price that can't be told loses no row
            _log.debug("No price for %s: %s", attempt.model, type(error).__name__)
            return None
        return float(found.total_price)
