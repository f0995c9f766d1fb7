"""One server with sign-in for all tests that need one."""

from collections.abc import Iterator

import pytest

from tests.server.signed_in import SignedIn, signed_in


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedIn]:
    """The real `langgraph dev` with sign-in on."""
    with signed_in(tmp_path_factory.mktemp("signed-in")) as made:
        yield made
