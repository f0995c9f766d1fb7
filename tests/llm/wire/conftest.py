"""What the tests of the wire share."""

from collections.abc import Iterator

import pytest

from tests.fakes.http import ProviderServer
from tests.llm.providers.servers import SERVERS


@pytest.fixture(params=SERVERS)
def servers(request: pytest.FixtureRequest) -> Iterator[dict[str, ProviderServer]]:
    """Start a provider, and another that is asked after it."""
    first: str = request.param
    made = {name: SERVERS[name]() for name in (first, "gemini" if first == "groq" else "groq")}
    yield made
    for server in made.values():
        server.stop()
