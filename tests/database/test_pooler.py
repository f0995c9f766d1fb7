"""Stand behind a pooler, as hosts of PostgreSQL offer it: which modes are good, and how few."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from app import DatabaseError, Settings
from app.conversations import open_conversations, open_turn_locks
from app.database import check_sessions, open_engine, reading, upgrade
from tests.conftest import Ended, Relay, provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.pooler import needs_pooler, pooler

pytestmark = needs_pooler
NAMED = r"gives each transaction another connection \(transaction mode\).*port for session mode"


@pytest.fixture
def transactions(postgresql_url: str) -> Iterator[str]:
    with pooler(postgresql_url, "transaction") as url:
        yield url


@pytest.fixture
def sessions(postgresql_url: str) -> Iterator[str]:
    with pooler(postgresql_url, "session") as url:
        yield url


def test_transaction_mode_is_found_before_the_first_turn(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, transactions: str
) -> None:
    relay = make_relay(**provider_settings(gemini, groq), database_url=transactions)
    for _ in range(2):
        with pytest.raises(DatabaseError, match=NAMED):
            relay.say("hello")
    assert gemini.calls == 0


def test_doctor_names_the_mode_and_what_needs_no_turn_works(
    command: Callable[..., Ended], transactions: str
) -> None:
    assert command("add", "milk", APP_DATABASE_URL=transactions).code == 0
    assert "milk" in command("tasks", APP_DATABASE_URL=transactions).out
    told = command("doctor", "--offline", APP_DATABASE_URL=transactions)
    assert "problem" in told.out
    assert "(transaction mode)" in " ".join(told.out.split())
    chat = command("chat", "-m", "hello", APP_DATABASE_URL=transactions)
    assert (chat.code, chat.out) == (1, "")
    assert "session mode" in chat.err


def test_transaction_mode_is_found_in_every_traffic(transactions: str) -> None:
    """Whatever other clients hold or have just given back."""
    engine = open_engine(transactions)
    with ExitStack() as held:
        for _ in range(6):
            with pytest.raises(DatabaseError, match=NAMED):
                check_sessions(transactions)
            connection = held.enter_context(engine.connect())
            connection.execute(text("SELECT 1"))
            with engine.connect() as passing:
                passing.execute(text("SELECT 1"))
    engine.dispose()


def test_session_mode_is_good(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, sessions: str
) -> None:
    relay = make_relay(**provider_settings(gemini, groq), database_url=sessions)
    for _ in range(3):
        assert relay.say("hello").reply == "Hello! How can I help?"
    check_sessions(sessions)


def test_statement_mode_is_named_too(postgresql_url: str) -> None:
    with pooler(postgresql_url, "statement") as url:
        engine = open_engine(url)
        with pytest.raises(DatabaseError, match=r"pooling mode.*port for session mode"):
            upgrade(engine)
        engine.dispose()


def test_pool_that_is_too_small_is_waited_for_and_then_told(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pooler itself would let each of them wait for two minutes."""
    monkeypatch.setattr("app.database.postgresql_waiting.WAIT_S", 0.2)
    told = r"couldn't get a connection.*All of them are in use"
    with pooler(postgresql_url, "session", size=1) as url:
        settings, engine = Settings(database_url=url), open_engine(url)
        with reading(engine):
            other = open_engine(url)
            with pytest.raises(DatabaseError, match=told), reading(other):
                pass
            with pytest.raises(DatabaseError, match=told):
                open_conversations(settings)
            with pytest.raises(DatabaseError, match=told):
                open_turn_locks(settings).take("t")
            with pytest.raises(DatabaseError, match=told):
                check_sessions(url)
        engine.dispose()
        with reading(other):
            pass
        other.dispose()
