"""Invent a provider by one row and one file, and find it everywhere."""

import asyncio
from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from app.settings import PROVIDERS, Provider
from tests.copied import Load, copied_app
from tests.fakes.clock import FixedClock
from tests.fakes.openai import OpenAIServer

ROW = """\
    Provider(
        name="mistral",
        label="Mistral",
        url="https://api.mistral.ai",
        read_url=url_without_path,
        package="langchain",
        extra="mistral",
        model="mistral-small-latest",
        max_input_tokens=9000,
        other_key_name="LE_CHAT_KEY",
        price_name="mistral",
        otel_name="mistral_ai",
        quota_zone="Europe/Paris",
        quota_counts_output=True,
    ),
)

PROVIDERS = """
FILE = """
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from ..messages.provider_shapes import in_plain_strings
from .adapter import Client, ProviderAdapter
from .model_lists import Listing, bearer, ids
from .tool_declarations import declarations


class Mistral(BaseChatModel):
    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self

    def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> ChatResult:
        usage = {"input_tokens": 7, "output_tokens": 2, "total_tokens": 9}
        answer = AIMessage(
            "Bonjour.", response_metadata={"finish_reason": "stop"}, usage_metadata=usage
        )
        return ChatResult(generations=[ChatGeneration(message=answer)])

    @property
    def _llm_type(self) -> str:
        return "mistral"


async def _close() -> None:
    pass


ADAPTER = ProviderAdapter(
    open=lambda place, url, settings: Client(Mistral(), _close),
    shape=in_plain_strings,
    declare=declarations,
    listing=Listing(path="/models", headers=bearer, names=ids),
)
"""
SETTINGS = [
    f"MISTRAL_{part}" for part in ("API_KEY", "MODEL", "BASE_URL", "MAX_INPUT_TOKENS", "LIMITS")
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """The package with the provider: nothing but the row and the file is new."""
    with copied_app(
        tmp_path_factory.mktemp("house"),
        added={"llm/providers/mistral.py": FILE},
        changed={"settings/providers.py": (")\n\nPROVIDERS = ", ROW)},
    ) as load:
        yield load


def given(**more: Any) -> dict[str, Any]:
    return {"llm_chain": "mistral", "mistral_api_key": "k" * 24, "timezone": "UTC"} | more


def test_settings_and_numbered_places_know_it(house: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LE_CHAT_KEY=first\nMISTRAL2_MODEL=large\nMISTRAL2_API_KEY=b\n")
    environment = {"LLM_CHAIN": "mistral,mistral2", "APP_DATA_DIR": str(tmp_path)}
    first, second = house("settings").Settings.load(environment, tmp_path).places
    assert (first.model, first.max_input_tokens, first.key_name) == (
        "mistral-small-latest",
        9000,
        "MISTRAL_API_KEY",
    )
    assert first.api_key.reveal() == "first"
    assert (second.name, second.model, second.provider.label) == ("mistral2", "large", "Mistral")


def test_config_shows_its_settings_and_the_documents_lack_them(house: Load) -> None:
    settings = house("settings")
    table = settings.Settings(**given())
    shown = {one.name: one.value for one in settings.all_origins([], table)}
    assert shown["MISTRAL_API_KEY"] == "********kkkk"
    assert shown["MISTRAL_MAX_INPUT_TOKENS"] == "9000"
    assert set(settings.setting_names()) >= {*SETTINGS, "LE_CHAT_KEY"}
    assert settings.nearest_setting("MISTRAL_MODELL") == "MISTRAL_MODEL"


def test_chain_asks_it(house: Load) -> None:
    llm, errors, clock = house("llm"), house("errors"), FixedClock()

    def fails() -> Any:
        raise errors.DatabaseError("no database")

    breakers = llm.Breakers(fails, clock, lease=1)
    settings = house("settings").Settings(**given(offline_fallback=False))
    chain = llm.build_chain(settings, [], breakers, llm.QuotaCounters(fails, clock), clock)
    plan = chain.plan(clock.monotonic() + 10)
    call = llm.ModelCall([HumanMessage("Hello")], llm.Attempts(), plan)
    answer = asyncio.run(chain.runnable(plan).ainvoke(call))
    assert answer.text == "Bonjour."
    (attempt,) = call.attempts.made
    assert (attempt.place, attempt.label) == ("mistral", "Mistral")


def test_doctor_shows_its_version_its_models_and_how_to_install_it(
    house: Load, tmp_path: Path
) -> None:
    server = OpenAIServer()
    try:
        settings = house("settings").Settings(
            **given(mistral_api_key=server.key, mistral_base_url=server.url, data_dir=tmp_path)
        )
        examine = house("runtime.health").examine
        report = asyncio.run(examine(settings, [], FixedClock(), offline=False))
    finally:
        server.stop()
    assert report.can_answer
    text = "\n".join(finding.text for finding in report.findings)
    assert "Mistral (mistral-small-latest): answered" in text
    assert "langchain 1." in text
    assert '".[mistral]"' in settings.places[0].provider.install


def test_a_days_quota_comes_back_at_its_midnight(house: Load) -> None:
    (place,) = house("llm").places(house("settings").Settings(**given()))
    verdict = house("llm.failures").Verdict(house("settings").FailureKind.QUOTA_DAILY)
    assert place.wait(verdict, datetime(2026, 3, 4, 12, tzinfo=UTC)) == 11 * 3600


def test_its_calls_have_a_price_and_opentelemetrys_name(house: Load) -> None:
    telemetry = house("telemetry")
    attempt = telemetry.Attempt(
        place="mistral",
        label="Mistral",
        model="mistral-small-latest",
        position=0,
        outcome=telemetry.Outcome.ANSWERED,
        duration_ms=1,
        at=datetime(2026, 3, 4, 12, tzinfo=UTC),
        tokens=telemetry.Tokens(1_000_000, 0),
    )
    settings = house("settings").Settings(**given())
    assert telemetry.Prices(settings.places, ()).cost(attempt) > 0
    labels = house("telemetry.metrics.definitions").common_labels(attempt)
    assert labels["gen_ai.provider.name"] == "mistral_ai"


REQUIRED = [each.name for each in fields(Provider) if each.default is MISSING]


@pytest.mark.parametrize("part", REQUIRED)
def test_row_without_a_part_fails(part: str) -> None:
    row = PROVIDERS["groq"]
    parts = {each.name: getattr(row, each.name) for each in fields(Provider)}
    del parts[part]
    with pytest.raises(TypeError, match=part):
        Provider(**parts)


def test_row_without_a_file_and_file_without_a_part_fail(tmp_path: Path) -> None:
    lacking = FILE.replace("    declare=declarations,\n", "")
    for number, added in enumerate(({}, {"llm/providers/mistral.py": lacking})):
        changed = {"settings/providers.py": (")\n\nPROVIDERS = ", ROW)}
        with copied_app(tmp_path / str(number), added=added, changed=changed) as load:
            settings = load("settings").Settings(**given())
            with pytest.raises((ImportError, TypeError)):
                load("llm").places(settings)
