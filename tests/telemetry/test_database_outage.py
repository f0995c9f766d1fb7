"""Play an outage of the database: what is counted, and which alert fires."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from app import DatabaseError
from tests.conftest import ROOT, Relay, provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer

FAILURES, TURNS = "app_database_failures_total", "app_database_failed_turns_total"
promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")


def counted() -> tuple[int, int]:
    failures, turns = (int(REGISTRY.get_sample_value(name) or 0) for name in (FAILURES, TURNS))
    return failures, turns


@pytest.fixture
def outage(
    make_relay: Callable[..., Relay],
    gemini: GeminiServer,
    groq: GroqServer,
    store_url: str,
    request: pytest.FixtureRequest,
) -> tuple[Relay, Callable[[], None]]:
    """The program over each store, and what takes the database away from it."""
    relay = make_relay(**provider_settings(gemini, groq), database_url=store_url)

    def begin() -> None:
        if store_url.startswith("sqlite"):
            file = Path(store_url.removeprefix("sqlite:///"))
            for one in file.parent.glob(f"{file.name}*"):
                one.write_bytes(b"nonsense" * 1000)
        else:
            request.getfixturevalue("databases").drop(store_url)

    return relay, begin


def test_outage_is_counted_with_the_turns_that_fail_of_it(
    outage: tuple[Relay, Callable[[], None]],
) -> None:
    relay, begin = outage
    assert relay.say("hello").ok
    before = counted()
    begin()
    with pytest.raises(DatabaseError):
        relay.say("hello")
    served = relay.agent.graph()
    with pytest.raises(DatabaseError):
        served.invoke({"messages": [("user", "hi")]}, {"configurable": {"thread_id": "t"}})
    failures, turns = (now - then for now, then in zip(counted(), before, strict=True))
    assert failures >= 2
    assert turns == 2


@promtool
def test_alert_fires_in_an_outage_that_was_played(
    outage: tuple[Relay, Callable[[], None]], tmp_path: Path
) -> None:
    """What was counted minute by minute is played to the rule."""
    relay, begin = outage
    assert relay.say("hello").ok
    start, scraped = counted(), []

    def scrape() -> None:
        scraped.append([now - then for now, then in zip(counted(), start, strict=True)])

    for minute in range(12):
        if minute == 6:
            begin()
        if 6 <= minute < 9:
            with pytest.raises(DatabaseError):
                relay.say("hello")
        scrape()
    series = [
        {"series": f'{name}{{instance="here"}}', "values": " ".join(str(one[n]) for one in scraped)}
        for n, name in enumerate((FAILURES, TURNS))
    ]
    fires: dict[str, Any] = {
        "exp_labels": {"severity": "page", "instance": "here"},
        "exp_annotations": {
            "summary": "Work on the database of here fails, and turns with it.",
            "runbook": "docs/operations.md#databasefailing",
        },
    }
    looked_at = [
        {"eval_time": "5m", "alertname": "DatabaseFailing"},
        {"eval_time": "8m", "alertname": "DatabaseFailing", "exp_alerts": [fires]},
    ]
    played = {"interval": "1m", "input_series": series, "alert_rule_test": looked_at}
    rules = {"rule_files": [str(ROOT / "ops/prometheus/alerts.yml")], "tests": [played]}
    (tmp_path / "played.yml").write_text(yaml.safe_dump(rules))
    done = subprocess.run(
        ["promtool", "test", "rules", "played.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
