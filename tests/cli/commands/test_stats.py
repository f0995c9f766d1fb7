import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.cli.output import stats_plot
from app.cli.output.stats_screen import money, show_statistics
from app.clock import SystemClock
from app.runtime import Stores
from app.settings import Settings
from app.telemetry import LedgerEntry, Tokens
from tests.conftest import Relay, child_environment, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.telemetry.entries import entry, statistics_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["stats", *arguments])


def call(turn: int = 1, place: str = "gemini", **more: Any) -> LedgerEntry:
    told: dict[str, Any] = {
        "at": NOW - timedelta(hours=turn),
        "turn": str(turn),
        "place": place,
        "model": f"model-of-{place}",
        "position": int(place == "groq"),
        "duration_ms": 1000,
    }
    return entry(**told | more)


FAILED: dict[str, Any] = {"outcome": "failed", "kind": "rate_limit"}


def test_turns_failovers_and_lost_turns_are_told_apart() -> None:
    calls = [
        *(call(1), call(2, **FAILED), call(2, "groq"), call(2, "groq")),
        *(call(3, **FAILED), call(3, "groq", **FAILED, exhausted=True)),
        *(call(4, outcome="skipped", kind="quota_daily"), call(4, "groq")),
    ]
    found = statistics_of(calls, NOW - timedelta(days=7), NOW, UTC, "provider")
    whole = found.whole
    assert (whole.turns, whole.failovers, whole.all_failed) == (4, 2, 1)
    assert (whole.calls, whole.skipped) == (7, 1)
    assert whole.failover_rate == 0.5
    assert whole.kinds == {"rate_limit": 3, "quota_daily": 1}
    assert found.groups["gemini"].failovers == 2
    assert (found.groups["groq"].turns, found.groups["groq"].failovers) == (3, 0)
    assert found.groups["groq"].all_failed == 1


def test_median_and_p95_are_those_of_the_answers() -> None:
    calls = [call(n, duration_ms=n, first_token_ms=n) for n in range(1, 101)]
    calls.append(call(1, **FAILED | {"duration_ms": 99_999}))
    whole = statistics_of(calls, NOW - timedelta(days=7), NOW, UTC, None).whole
    assert whole.total is not None
    assert whole.first_token is not None
    assert (whole.total.median, whole.total.p95, whole.first_token.p95) == (50, 95, 95)


def test_unknown_cost_is_never_zero() -> None:
    tokens = Tokens(10, 1)

    def cost(*costs: float | None) -> tuple[float | None, int]:
        calls = [call(n, tokens=tokens, cost=one) for n, one in enumerate(costs)]
        whole = statistics_of(calls, NOW - timedelta(days=7), NOW, UTC, None).whole
        return whole.cost, whole.unpriced

    assert cost(None, None) == (None, 2)
    assert cost(0.5, None) == (0.5, 1)
    assert cost(0.5) == (0.5, 0)


@pytest.mark.parametrize(
    ("cost", "told"),
    [(None, "unknown"), (0, "$0.0000"), (9e-6, "under $0.0001"), (0.5, "$0.5000")],
)
def test_little_money_is_not_shown_as_none(cost: float | None, told: str) -> None:
    assert money(cost, 0) == told


def test_group_with_calls_of_unknown_price_is_shown_to_cost_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls = [call(n, tokens=Tokens(10, 1), cost=one) for n, one in enumerate((0.5, None))]
    show_statistics(
        statistics_of(calls, NOW - timedelta(days=7), NOW, UTC, "provider"),
        [],
        "7d",
        "provider",
        UTC,
    )
    assert "$0.5000 or more" in capsys.readouterr().out


def test_newest_bar_is_on_a_screen_of_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    begin = NOW - timedelta(days=60)
    tokens = Tokens(10**8, 10**7)
    calls = [call(0, at=begin, cost=None, tokens=tokens), call(1, at=NOW, cost=9.0, tokens=tokens)]
    show_statistics(statistics_of(calls, begin, NOW, UTC, None), [], "60d", None, UTC)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert max(map(len, lines)) <= 80
    (turns,) = (line for line in lines if "turns" in line)
    assert turns.endswith("▁█")
    assert "…" not in "".join(lines)


def test_time_is_cut_into_days_hours_or_minutes_of_the_persons_zone() -> None:
    def pieces(**back: float) -> list[int]:
        begin = NOW - timedelta(**back)
        calls = [call(0, at=begin), call(1, at=NOW)]
        found = statistics_of(calls, begin, NOW, UTC, "day")
        return [bucket.summary.turns for bucket in found.buckets]

    assert pieces(days=3) == [1, 0, 0, 1]
    assert pieces(hours=4) == [1, 0, 0, 0, 1]
    assert pieces(minutes=2) == [1, 0, 1]


@pytest.fixture
def used(make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer) -> None:
    """Three turns: answered, failed over, and lost."""
    relay = make_relay(**provider_settings(gemini, groq))
    relay.say("Hello")
    gemini.plays(gemini_api.quota(900, value=15))
    relay.say("Hello again", user="bob")
    groq.plays(groq_api.error(401, "Invalid API Key", "invalid_api_key"))
    relay.say("And again")
    relay.end()


def test_screen_shows_what_a_session_came_to(used: None) -> None:
    ended = run("--since", "24h", "--by", "user")
    assert ended.exit_code == 0
    lines = [" ".join(line.split()) for line in ended.output.splitlines()]
    for told in (
        "turns 3 █",
        "failed over 1 (33.3%) █",
        "all models failed 1 █",
        "calls 4, and 1 skipped █",
        "tokens 200 in, 10 out █",
        "auth 1 ███████████████",
    ):
        assert told in lines
    assert any(line.startswith("bob 1 1 (100.0%) 0") for line in lines)
    assert any(line.startswith("cost $0.0001") for line in lines)
    assert "gemini gemini-3.5-flash-lite: 0 of 15 requests/minute left, all back at" in ended.output
    assert max(len(line) for line in ended.output.splitlines()[:20]) <= 80


@pytest.mark.parametrize("columns", [80, 40])
def test_screen_of_any_width_shows_whole_words(
    used: None, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run("--by", "provider").output.splitlines()
    assert max(len(line) for line in lines) <= columns
    assert not any("…" in line or line.endswith(" ") for line in lines)
    told = [" ".join(line.split()) for line in lines]
    assert any(line.startswith("failovers ") for line in told) == (columns == 40)


def test_json_is_one_object_with_everything(used: None) -> None:
    told = json.loads(run("--by", "model", "--json").output)
    assert (told["turns"], told["failovers"], told["all_failed"]) == (3, 1, 1)
    assert told["failover_rate"] == 0.3333
    assert told["kinds"]["rate_limit"] == 2
    assert set(told["by_model"]) == {"gemini-3.5-flash-lite", "openai/gpt-oss-20b"}
    assert told["cost"] > 0
    assert len(told["over_time"]) == 1
    (quota,) = (one for one in told["quotas"] if one["provider"] == "gemini")
    assert (quota["amount"], quota["left"], quota["source"]) == (15, 0, "learned")


def test_plot_is_a_picture(used: None, tmp_path: Path) -> None:
    ended = run("--plot", "stats.png")
    assert (ended.exit_code, ended.output) == (0, "Wrote stats.png.\n")
    assert (tmp_path / "stats.png").read_bytes().startswith(b"\x89PNG")


def test_plot_without_matplotlib_or_without_calls_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert str(run("--plot", "x.png").exception).startswith("There is nothing to draw yet")
    found = lambda name: None if name == "matplotlib" else find_spec(name)  # noqa: E731
    monkeypatch.setattr(stats_plot, "find_spec", found)
    assert "--plot needs matplotlib" in str(run("--plot", "x.png").exception)


def test_nothing_yet_is_told_and_a_wrong_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_LIMITS", "15 requests/minute")
    output = run().output
    assert "No model was asked in the last 7d." in output
    assert "15 of 15 requests/minute left (set, counted here)" in output
    assert '--since is "soon", but must be like' in str(run("--since", "soon").exception)


def test_calls_of_before_are_left_out() -> None:
    stores = Stores(Settings.load(), SystemClock())
    now = SystemClock().now()
    stores.ledger().add([call(at=now - timedelta(days=8)), call(2, at=now)], now)
    stores.close()
    assert json.loads(run("--json").output)["turns"] == 1
    assert json.loads(run("--json", "--since", "2w").output)["turns"] == 2


def test_it_starts_without_any_model() -> None:
    code = (
        "import sys; from app.cli.main import cli\n"
        "cli(['stats', '--json'], standalone_mode=False)\n"
        "print([m for m in ('langchain_core', 'langgraph', 'genai_prices') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=child_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.endswith("[]\n")
