"""A webhook that takes messages, as Slack's incoming ones do."""

from typing import Any

from tests.fakes.http import ProviderServer, Refused
from tests.fakes.steps import Answer, Failure

PATH = "/services/T0FAKE/B0FAKE/fakeSecretOfAWebhook"


class Webhook(ProviderServer):
    """An incoming webhook on loopback."""

    @property
    def address(self) -> str:
        """Where to post."""
        return self.url + PATH

    @property
    def texts(self) -> list[str]:
        """What was posted."""
        return [request["body"]["text"] for request in self.requests]

    def check(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Refuse what Slack refuses."""
        if path != PATH or headers.get("content-type") != "application/json":
            raise Refused(Failure(404, "no_team"))
        if not isinstance(body.get("text"), str) or not body["text"]:
            raise Refused(Failure(400, "no_text"))

    def plain(self, answer: Answer, body: dict[str, Any], path: str) -> dict[str, Any]:
        """Say that it was taken."""
        return {"ok": True}
