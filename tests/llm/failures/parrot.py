"""A server that says what a recording says, whatever is asked."""

from typing import Any

from tests.fakes.http import ProviderServer
from tests.fakes.steps import Answer


class Parrot(ProviderServer):
    """Say what a recording says, whatever is asked."""

    def check(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Accept everything."""

    def stream(self, answer: Answer, body: dict[str, Any], path: str) -> bytes:
        """Never called: recordings are raw."""
        raise AssertionError
