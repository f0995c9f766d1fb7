"""Ask the probes in this process; `test_studio.py` asks them of the real server."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from app.agent import default_agent
from app.server.health_endpoints import readiness
from tests.conftest import provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer


@pytest.fixture
def runner(
    monkeypatch: pytest.MonkeyPatch, gemini: GeminiServer, groq: GroqServer
) -> Iterator[asyncio.Runner]:
    for name, value in provider_environment(gemini, groq).items():
        monkeypatch.setenv(name, value)
    default_agent.cache_clear()
    with asyncio.Runner() as running:
        yield running
    default_agent().close()
    default_agent.cache_clear()


def ask(runner: asyncio.Runner) -> dict[str, Any]:
    return runner.run(readiness())


def test_ready_while_a_model_may_answer(
    runner: asyncio.Runner, gemini: GeminiServer, groq: GroqServer
) -> None:
    assert ask(runner) == {
        "ok": True,
        "database": "ok",
        "models": {"gemini": "closed", "groq": "closed"},
    }
    gemini.plays(gemini_api.quota(900))
    runner.run(default_agent().process_message("ann", "Hello"))
    assert ask(runner)["models"] == {"gemini": "open", "groq": "closed"}
    assert ask(runner)["ok"]
    groq.plays(groq_api.rate_limit(900))
    runner.run(default_agent().process_message("ann", "Hello"))
    assert not ask(runner)["ok"]


def test_not_ready_with_a_broken_database(runner: asyncio.Runner, data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "tasks.db").write_bytes(b"this is no database" * 100)
    ask(runner)  # it begins the metrics, which are at zero then
    before = REGISTRY.get_sample_value("app_database_failures_total") or 0
    assert ask(runner) == {"ok": False, "database": "DatabaseError", "models": {}}
    assert REGISTRY.get_sample_value("app_database_failures_total") == before + 1
