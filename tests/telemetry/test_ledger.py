import asyncio
import logging
import sqlite3
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.errors import DatabaseError
from app.graph.attempt_reporting import note
from app.settings import Price, Settings
from app.telemetry import Attempt, Ledger, LedgerEntry, Prices, Recorder, Tokens, TurnIds
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Silence, calls, says
from tests.telemetry.entries import NOON, attempt, entry


def kept(relay: Relay) -> list[LedgerEntry]:
    """Close the program, and return what its ledger holds."""
    container = relay.agent.container
    container.recorder.close()
    return container.ledger().since(datetime(2000, 1, 1, tzinfo=UTC))


def told(made: Attempt) -> tuple[str, int, str, str | None]:
    return made.place, made.position, made.outcome, made.kind


def test_every_model_call_is_a_row_rejected_and_skipped_ones_too(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.quota())
    groq.plays(calls("add_task", title="x"), says("Added #1."))
    relay.say("Add x", user="bob", thread="home")
    rows = kept(relay)
    assert [told(row.attempt) for row in rows] == [
        ("gemini", 0, "failed", "rate_limit"),
        ("groq", 1, "answered", None),
        ("gemini", 0, "skipped", "rate_limit"),
        ("groq", 1, "answered", None),
    ]
    assert {(row.ids.user, row.ids.thread) for row in rows} == {("bob", "home")}
    assert len({row.ids.turn for row in rows}) == 1
    answer = rows[1].attempt
    assert answer.tokens == Tokens(100, 5)
    assert answer.first_token_ms is not None
    assert 0 <= answer.first_token_ms <= answer.duration_ms
    assert rows[1].cost == pytest.approx(100 * 0.075e-6 + 5 * 0.3e-6)
    assert (rows[0].attempt.tokens, rows[0].cost) == (None, None)
    assert not any(row.exhausted for row in rows)


def test_turn_that_no_model_answered_is_marked_though_the_offline_responder_helped(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    assert relay.say("list").provider == "offline"
    rows = kept(relay)
    assert [row.exhausted for row in rows[:2]] == [False, True]
    assert {row.attempt.place for row in rows} == {"gemini", "groq"}


def test_synchronous_caller_is_noted_too(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make_relay(**provider_settings(gemini, groq))
    graph = relay.agent.graph()
    graph.invoke({"messages": [("user", "hi")]}, context={"user_id": "eve"})
    (row,) = kept(relay)
    assert (row.ids.user, row.ids.thread, row.attempt.outcome) == ("eve", "", "answered")


def test_call_of_a_turn_that_was_given_up_is_a_row(relay: Relay, gemini: GeminiServer) -> None:
    gemini.plays(Silence())

    async def give_up() -> None:
        turn = asyncio.create_task(relay.agent.process_message("ann", "hi"))
        await asyncio.to_thread(gemini.wait_for_request)
        turn.cancel()
        await asyncio.wait([turn])

    relay.runner.run(give_up())
    (row,) = kept(relay)
    assert (row.attempt.place, row.attempt.outcome, row.exhausted) == ("gemini", "cancelled", False)


@pytest.mark.parametrize(
    ("following", "asked_again", "exhausted"),
    [("groq", False, False), (None, False, True), (None, True, True)],
)
def test_turn_that_was_given_up_has_run_out_of_models_only_after_the_last(
    relay: Relay, following: str | None, asked_again: bool, exhausted: bool
) -> None:
    made = [attempt("failed", kind="unavailable", goes_over=True, following=following)]
    if asked_again:
        made.append(attempt("cancelled"))
    note(relay.agent.container, TurnIds("ann"), made, None)
    assert [row.exhausted for row in kept(relay)][-1] == exhausted
    assert ("Both LLMs failed" in relay.log.read_text()) == exhausted


def test_no_text_of_a_message_is_in_a_row(
    relay: Relay, gemini: GeminiServer, data_dir: Path
) -> None:
    gemini.plays(says("Your zebra is noted."))
    relay.say("Remember the zebra")
    kept(relay)
    with sqlite3.connect(data_dir / "tasks.db") as connection:
        rows = connection.execute("SELECT * FROM task_relay_ledger").fetchall()
    connection.close()
    assert len(rows) == 1
    assert "zebra" not in str(rows)


def test_ledger_that_cannot_be_written_costs_no_turn_and_is_told_once(
    clock: FixedClock, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [True]

    def opened() -> Ledger:
        if broken[0]:
            raise DatabaseError("The disk is full.")
        return Ledger(engine)

    recorder = Recorder(opened, Prices((), ()), clock)
    with caplog.at_level(logging.WARNING, "task_relay"):
        for _ in range(3):
            recorder.note([entry()])
            recorder.close()
    assert caplog.text.count("The ledger can't be written") == 1
    broken[0] = False
    recorder.note([entry()])
    recorder.close()
    assert len(Ledger(engine).since(NOON)) == 4


def test_row_is_written_within_a_second_though_nobody_waits_for_it(
    clock: FixedClock, engine: Engine
) -> None:
    written = threading.Event()
    ledger = Ledger(engine)
    recorder = Recorder(lambda: ledger, Prices((), ()), clock, [lambda calls: written.set()])
    recorder.note([entry()])
    assert written.wait(1)
    assert len(ledger.since(NOON)) == 1
    recorder.close()


def test_old_rows_go_and_the_rest_stays(engine: Engine) -> None:
    ledger = Ledger(engine, keep_days=90)
    ledger.add([entry(at=NOON - timedelta(days=91)), entry()], NOON - timedelta(days=1))
    later = Ledger(engine, keep_days=90)
    later.add([], NOON)
    assert [row.attempt.at for row in later.since(NOON - timedelta(days=999))] == [NOON]
    keeping = Ledger(engine, keep_days=0)
    keeping.add([], NOON + timedelta(days=999))
    assert len(keeping.since(NOON)) == 1


def test_count_of_tokens_that_no_column_holds_costs_no_row(
    clock: FixedClock, engine: Engine
) -> None:
    ledger = Ledger(engine)
    recorder = Recorder(lambda: ledger, Prices((), ()), clock)
    recorder.note([entry(tokens=Tokens(2**70, 2**31)), entry(tokens=Tokens(7, 8))])
    recorder.close()
    most = 2**31 - 1
    assert [row.attempt.tokens for row in ledger.since(NOON)] == [Tokens(most, most), Tokens(7, 8)]


def test_user_can_be_forgotten(engine: Engine) -> None:
    ledger = Ledger(engine)
    ledger.add([entry(), entry(user="bob"), entry()], NOON)
    assert ledger.forget("ann") == 2
    assert [row.ids.user for row in ledger.since(NOON)] == ["bob"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_row_and_index_take_less_than_250_bytes(engine: Engine, tmp_path: Path) -> None:
    thread = "0f8fad5b-d9cb-469f-a165-70867728950e"
    row = entry(
        user="someone@example.org",
        thread=thread,
        turn="0123456789ab",
        kind="rate_limit",
        first_token_ms=400,
        duration_ms=30_000,
        tokens=Tokens(4000, 300, 100, 50),
        cost=0.0012345,
    )
    ledger, file = Ledger(engine), tmp_path / "tasks.db"

    def size() -> int:
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return file.stat().st_size

    before = size()
    ledger.add([row] * 4000, NOON)
    assert (size() - before) / 4000 < 250


@pytest.mark.parametrize(
    ("provider", "model", "cost"),
    [
        ("gemini", "gemini-3.5-flash-lite", 0.3 + 2.5 / 10),
        ("groq", "openai/gpt-oss-20b", 0.075 + 0.3 / 10),
        ("groq2", "openai/gpt-oss-20b", 0.075 + 0.3 / 10),
        ("gemini", "gemini-of-tomorrow", None),
        ("ollama", "qwen3:8b", None),
    ],
)
def test_price_is_that_of_the_provider_and_unknown_is_none(
    provider: str, model: str, cost: float | None
) -> None:
    chain = ("gemini", "groq", "groq2", "ollama")
    prices = Prices(Settings(llm_chain=chain).places, ())
    cost_told = prices.cost(attempt(place=provider, model=model, tokens=Tokens(1_000_000, 100_000)))
    assert cost_told == (None if cost is None else pytest.approx(cost))


def test_own_contract_wins_over_the_list_and_needs_no_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    prices = Prices(Settings().places, (("gemini-3.5-flash-lite", Price(1, 2)),))
    assert prices.cost(attempt(tokens=Tokens(1_000_000, 500_000))) == 2
    assert prices.cost(attempt(model="other", tokens=Tokens(1, 1))) is None


def test_own_openai_endpoint_has_no_known_price() -> None:
    def cost(**more: object) -> float | None:
        settings = Settings(llm_chain=("openai",), **more)  # type: ignore[arg-type]
        tokens = Tokens(1000, 10)
        return Prices(settings.places, ()).cost(
            attempt(place="openai", model="gpt-5.4-mini", tokens=tokens)
        )

    assert cost()
    assert cost(openai_base_url="http://127.0.0.1:1") is None
