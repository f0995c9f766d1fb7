import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError

import pytest
from sqlalchemy import Engine

from app.errors import DatabaseError
from app.settings import Secret
from app.telemetry import Alerts, AlertStore
from app.telemetry.alerts import post
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Failure
from tests.fakes.webhook import PATH, Webhook

Make = Callable[..., Relay]


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    server = Webhook()
    yield server
    server.stop()
    assert server.refusals == []


@pytest.fixture
def make(
    make_relay: Make, gemini: GeminiServer, groq: GroqServer, webhook: Webhook, clock: FixedClock
) -> Make:
    """Make the program with a webhook, on a clock that is moved by hand."""

    def made(**more: Any) -> Relay:
        settings = provider_settings(gemini, groq) | {"alert_webhook_url": webhook.address}
        return make_relay(**settings | more, clock=clock)

    return made


def test_outage_is_posted_once_in_ten_minutes_also_where_plain_commands_helped(
    make: Make, gemini: GeminiServer, groq: GroqServer, webhook: Webhook, clock: FixedClock
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    relay = make()
    assert relay.say("list").provider == "offline"
    relay.say("Hello")
    relay.end()
    assert webhook.texts == [
        "Task Relay: Both LLMs failed (gemini: unavailable, groq: unavailable)."
    ]
    clock.move(seconds=598)  # each turn gave second chances after half a second
    another = make()
    another.say("Hello")
    another.end()
    assert len(webhook.texts) == 1
    clock.move(seconds=2)
    last = make()
    last.say("Hello")
    last.end()
    assert len(webhook.texts) == 2


def test_breaker_that_opens_for_an_hour_is_posted_though_another_model_answered(
    make: Make, gemini: GeminiServer, webhook: Webhook
) -> None:
    gemini.plays(gemini_api.error(403, "Denied.", "PERMISSION_DENIED"))
    relay = make()
    assert relay.say("Hello").provider == "groq"
    lines = relay.log_lines()
    told = "gemini (every model on its key) until 2026-03-05 04:30 UTC (permission)"
    assert webhook.texts == [f"Task Relay: no call to {told}."]
    assert f"No call to {told}" in lines


def test_failover_alone_is_no_alert(make: Make, gemini: GeminiServer, webhook: Webhook) -> None:
    gemini.plays(gemini_api.quota())
    relay = make()
    relay.say("Hello")
    relay.end()
    assert webhook.calls == 0


def test_webhooks_secret_is_in_no_log(
    make: Make,
    gemini: GeminiServer,
    groq: GroqServer,
    webhook: Webhook,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    webhook.plays(Failure(500, "no"))
    caplog.set_level("DEBUG")
    relay = make(log_level="DEBUG")
    relay.say("Hello")
    text = "\n".join(relay.log_lines())
    assert "An alert reached nobody: the webhook failed (HTTPError 500)" in text
    for log in (text, caplog.text):
        assert PATH not in log
        assert "fakeSecretOfAWebhook" not in log


@pytest.mark.parametrize("status", [301, 302, 303, 307])
def test_webhook_that_redirects_has_not_taken_it(webhook: Webhook, status: int) -> None:
    webhook.plays(Failure(status, "", {"Location": webhook.url + "/elsewhere"}))
    with pytest.raises(HTTPError):
        post(webhook.address, b'{"text": "Fire."}')
    assert (webhook.calls, webhook.listed) == (1, 0)


class Line:
    """A webhook's line that takes what `takes` says, and notes what was tried."""

    def __init__(self, *takes: bool) -> None:
        self.takes = list(takes)
        self.tries: list[bytes] = []
        self.pauses: list[float] = []
        self.tried = threading.Event()

    def post(self, url: str, body: bytes) -> None:
        self.tries.append(body)
        taken = self.takes.pop(0) if self.takes else True
        if not self.takes:
            self.tried.set()
        if not taken:
            raise ConnectionRefusedError("no")

    def alerts(self, clock: FixedClock, store: Callable[[], AlertStore]) -> Alerts:
        url = Secret("http://h/s")
        return Alerts(url, 600, store, clock, post=self.post, pause=self.pauses.append)


def test_failing_webhook_is_tried_again_after_growing_pauses(
    engine: Engine, clock: FixedClock
) -> None:
    line = Line(False, False, True)
    alerts = line.alerts(clock, lambda: AlertStore(engine))
    alerts.send("Fire.")
    assert line.tried.wait(10)
    alerts.close()
    assert line.pauses == [1, 4]
    assert line.tries == [b'{"text": "Fire."}'] * 3


def test_alert_that_reached_nobody_leaves_the_right_to_the_next(
    engine: Engine, clock: FixedClock
) -> None:
    line = Line(False, False, False, False)
    alerts = line.alerts(clock, lambda: AlertStore(engine))
    alerts.send("Fire.")
    assert line.tried.wait(10)
    alerts.close()
    assert line.pauses == [1, 4, 16]
    alerts.send("Fire again.")
    alerts.close()
    assert line.tries[-1] == b'{"text": "Fire again."}'


def test_clock_that_was_set_back_keeps_no_alert_back(engine: Engine, clock: FixedClock) -> None:
    line = Line()
    alerts = line.alerts(clock, lambda: AlertStore(engine))
    alerts.send("Fire.")
    alerts.close()
    clock.move(hours=-5)
    alerts.send("Fire again.")
    alerts.close()
    assert len(line.tries) == 2


def test_alert_held_back_for_another_process_waits_no_longer_than_that_ones(
    engine: Engine, clock: FixedClock
) -> None:
    line = Line()
    store = AlertStore(engine)
    first, second = (line.alerts(clock, lambda: store) for _ in range(2))
    first.send("Fire.")
    first.close()
    clock.move(seconds=599)
    second.send("Fire again.")
    second.close()
    assert len(line.tries) == 1
    clock.move(seconds=2)
    second.send("Fire again.")
    second.close()
    assert len(line.tries) == 2


def test_turn_does_not_wait_for_the_webhook_nor_need_a_database(clock: FixedClock) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hanging(url: str, body: bytes) -> None:
        begun.set()
        go_on.wait(10)

    def no_store() -> AlertStore:
        raise DatabaseError("broken")

    alerts = Alerts(Secret("http://h/s"), 600, no_store, clock, post=hanging)
    alerts.send("Fire.")
    assert begun.wait(10)
    alerts.send("Another.")
    go_on.set()
    alerts.close()


def test_without_a_webhook_no_thread_is_started(clock: FixedClock, engine: Engine) -> None:
    Alerts(None, 600, lambda: AlertStore(engine), clock).send("Fire.")
    assert "task-relay-alerts" not in [thread.name for thread in threading.enumerate()]
