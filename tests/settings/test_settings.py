import ast
import copy
import dataclasses
import pickle
from pathlib import Path
from typing import Any

import pytest

from app import Settings, SettingsError
from app.settings import PROVIDERS
from app.settings.fields import provider_fields
from tests.conftest import ROOT

NAMES = [name for each in dataclasses.fields(Settings) for name in each.metadata["names"]]


def load(tmp_path: Path, **environment: str) -> Settings:
    return Settings.load({"APP_DATA_DIR": str(tmp_path / "data")} | environment, tmp_path)


def test_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.primary_llm == "gemini"
    assert settings.gemini_model == "gemini-3.5-flash-lite"
    assert settings.groq_model == "openai/gpt-oss-20b"
    assert settings.user == "local"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/tasks.db"
    assert settings.log_file == tmp_path / "data" / "logs" / "app.log"
    assert settings.offline_fallback


def test_environment_wins_over_dotenv_here_which_wins_over_dotenv_in_the_data_directory(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".env").write_text("APP_USER=c\nGROQ_MODEL=c\nGEMINI_MODEL=c\n")
    (tmp_path / ".env").write_text("APP_USER=b\nGROQ_MODEL=b\nSTRANGER=x\nPATH=nonsense\n")
    settings = load(tmp_path, APP_USER="a")
    assert (settings.user, settings.groq_model, settings.gemini_model) == ("a", "b", "c")


def test_dotenv_here_may_name_the_data_directory(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ".env").write_text("APP_USER=eve")
    (tmp_path / ".env").write_text(f"APP_DATA_DIR={tmp_path}/elsewhere")
    assert Settings.load({}, tmp_path).user == "eve"


def test_blank_value_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("APP_USER=b")
    assert load(tmp_path, APP_USER="  ").user == "b"
    assert load(tmp_path, GEMINI_API_KEY="").gemini_api_key is None


def test_dotenv_of_windows_editors_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfAPP_USER=b\r\nPRIMARY_LLM=groq\r\n")
    settings = load(tmp_path)
    assert (settings.user, settings.primary_llm) == ("b", "groq")


def test_dotenv_that_is_no_text_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"APP_USER=\xff\xfe")
    with pytest.raises(SettingsError, match=r"\.env can't be read"):
        load(tmp_path)


def test_second_names_are_taken_where_the_first_is_missing(tmp_path: Path) -> None:
    settings = load(tmp_path, GOOGLE_API_KEY="goog", DATABASE_URL="sqlite:///other.db")
    assert settings.gemini_api_key is not None
    assert settings.gemini_api_key.reveal() == "goog"
    assert settings.database_url == "sqlite:///other.db"
    both = load(tmp_path, GOOGLE_API_KEY="goog", GEMINI_API_KEY="gem")
    assert both.gemini_api_key is not None
    assert both.gemini_api_key.reveal() == "gem"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "POSTGRES"])
@pytest.mark.parametrize(
    "rest", ["me:p%40ss@h:5432/db?sslmode=require", "/db?host=/run&password=p%40ss", "me@[::1]/db"]
)
def test_postgresql_is_accepted_as_hosts_write_it(tmp_path: Path, scheme: str, rest: str) -> None:
    settings = load(tmp_path, DATABASE_URL=f"{scheme}://{rest}")
    assert settings.database_url == f"postgresql+psycopg://{rest}"
    assert rest not in repr(settings)


def test_password_of_the_database_is_a_secret_as_written_and_as_meant(tmp_path: Path) -> None:
    settings = load(tmp_path, DATABASE_URL="postgres://me:p%40ss@h/db", GROQ_API_KEY="gsk_x")
    assert settings.secrets == ("gsk_x", "p%40ss", "p@ss")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://h", "https://h"),
        ("https://h/", "https://h"),
        ("https://h/openai/v1", "https://h"),
        ("https://h/openai/v1/", "https://h"),
        ("https://h/v1beta/openai/", "https://h"),
        ("http://127.0.0.1:8080/proxy/v1beta/openai", "http://127.0.0.1:8080/proxy"),
    ],
)
@pytest.mark.parametrize("name", ["GEMINI_BASE_URL", "GROQ_BASE_URL"])
def test_base_urls_are_accepted_in_every_form(
    tmp_path: Path, name: str, given: str, meant: str
) -> None:
    assert getattr(load(tmp_path, **{name: given}), name.lower()) == meant


@pytest.mark.parametrize(
    ("name", "given", "meant"),
    [
        ("OPENAI_BASE_URL", "http://127.0.0.1:1234", "http://127.0.0.1:1234/v1"),
        ("OPENAI_BASE_URL", "https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1"),
        ("ANTHROPIC_BASE_URL", "https://h/v1", "https://h"),
        ("OLLAMA_BASE_URL", "http://127.0.0.1:11434/api/", "http://127.0.0.1:11434"),
    ],
)
def test_other_base_urls_are_accepted_as_people_write_them(
    tmp_path: Path, name: str, given: str, meant: str
) -> None:
    assert getattr(load(tmp_path, **{name: given}), name.lower()) == meant


def test_chain_comes_from_the_primary_unless_it_is_set(tmp_path: Path) -> None:
    assert load(tmp_path).llm_chain == ("gemini", "groq")
    assert load(tmp_path, PRIMARY_LLM="groq").llm_chain == ("groq", "gemini")
    chained = load(tmp_path, PRIMARY_LLM="groq", LLM_CHAIN="gemini, GROQ,groq2")
    assert chained.llm_chain == ("gemini", "groq", "groq2")


def test_numbered_place_has_its_own_key_and_else_what_its_provider_has(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GROQ2_MODEL=other\nGROQ2_API_KEY=gsk_second")
    chained = load(
        tmp_path, LLM_CHAIN="groq,groq2,groq3", GROQ_API_KEY="gsk_first", GROQ_BASE_URL="http://h"
    )
    first, second, third = chained.places
    assert (first.model, second.model) == ("openai/gpt-oss-20b", "other")
    assert second.api_key is not None
    assert second.api_key.reveal() == "gsk_second"
    assert third.api_key is None
    assert second.base_url == "http://h"
    assert (second.key_name, third.key_name) == ("GROQ2_API_KEY", "GROQ3_API_KEY")
    assert set(chained.secrets) == {"gsk_first", "gsk_second"}
    assert "gsk_second" not in repr(chained)


def test_numbered_settings_are_checked_like_the_others(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="GROQ2_MAX_INPUT_TOKENS is"):
        load(tmp_path, LLM_CHAIN="groq2", GROQ2_MAX_INPUT_TOKENS="few")
    with pytest.raises(SettingsError, match="GROQ2_COLOUR is no setting"):
        Settings(numbered={"GROQ2_COLOUR": "red"})


WRONG = [
    ("LLM_CHAIN", "gemini,grok", "a list apart by commas of gemini"),
    ("LLM_CHAIN", "groq,groq", "a list apart by commas of gemini"),
    ("LLM_CHAIN", "groq,groq1", "a list apart by commas of gemini"),
    ("PRIMARY_LLM", "gemni", "gemini or groq"),
    ("MODEL_TIMEOUT", "0", "a number of seconds above 0"),
    ("MODEL_TIMEOUT", "nan", "a number of seconds above 0"),
    ("TURN_TIMEOUT", "soon", "a number of seconds above 0"),
    ("MAX_OUTPUT_TOKENS", "1.5", "a whole number from 1"),
    ("CONFIRM_FROM", "-1", "a whole number from 0 to 9999"),
    ("HISTORY_WINDOW", "0", "a whole number from 1 to 9999"),
    ("MAX_OUTPUT_TOKENS", "65537", "a whole number from 1 to 65536"),
    ("GROQ_MAX_INPUT_TOKENS", "255", "a whole number of at least 256"),
    ("ALERT_EVERY", "86401", "a number of seconds from 1 to 86400"),
    ("MODEL_TIMEOUT", "3601", "a number of seconds above 0 and at most 3600"),
    ("APP_DATE_ORDER", "year", "month-first or day-first"),
    ("OFFLINE_FALLBACK", "maybe", "on or off"),
    ("APP_TIMEZONE", "Mars/Olympus", "an IANA time zone"),
    ("APP_TIMEZONE", "../etc/passwd", "an IANA time zone"),
    ("LOG_LEVEL", "loud", "one of DEBUG"),
    ("GEMINI_BASE_URL", "localhost:1", "an address such as"),
    ("GROQ_BASE_URL", "https://me:secret@h", "an address such as"),
    ("GROQ_MODEL", "two words", "a model name"),
    ("APP_USER", "a\tb", "printable text"),
    ("GEMINI_LIMITS", "15 a minute", "limits apart by commas, such as 15 requests/minute"),
    ("GEMINI_LIMITS", "0 requests/day", "limits apart by commas"),
    ("LLM_PRICES", "free", "prices in USD for a million tokens in/out"),
    ("LLM_PRICES", "m=1.2.3/4", "prices in USD"),
    ("ALERT_EVERY", "0", "a number of seconds from 1"),
    ("LOG_FORMAT", "xml", "human or json"),
    ("KEEP_LEDGER_DAYS", "ever", "a whole number of days"),
]


@pytest.mark.parametrize(("name", "value", "allowed"), WRONG)
def test_wrong_value_is_one_sentence_with_name_value_and_what_is_allowed(
    tmp_path: Path, name: str, value: str, allowed: str
) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, **{name: value})
    assert str(error.value).startswith(f'{name} is "{value}", but must be {allowed}')
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GEMINI_API_KEY", "two words"),
        ("GROQ_API_KEY", "gsk_schlüssel"),
        ("APP_DATABASE_URL", "mysql://me:hidden@h/db"),
        ("APP_DATABASE_URL", "postgresql+asyncpg://me:hidden@h/db"),
        ("APP_DATABASE_URL", "postgresql://me:hidden@h"),
        ("APP_DATABASE_URL", "postgresql://me:hid@den@h/db"),
        ("APP_DATABASE_URL", "postgresql://me:hidden@h:port/db"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("ALERT_WEBHOOK_URL", "hooks.example/T0/secret"),
    ],
)
def test_wrong_secret_is_named_but_not_shown(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, **{name: value})
    assert str(error.value).startswith(f"{name} has a value that can't be used")
    assert value not in str(error.value)


def test_limits_and_prices_are_read_as_people_write_them(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        LLM_CHAIN="gemini,groq,groq2",
        GEMINI_LIMITS="15 requests/minute, 500 requests per day",
        GROQ2_LIMITS="8000 Tokens/Minute",
        LLM_PRICES="gemini-3.5-flash-lite=0.10/0.40, openai/gpt-oss-20b = 0/1",
    )
    gemini, groq, second = settings.places
    assert [(limit.window, limit.amount) for limit in gemini.limits] == [
        ("requests/minute", 15),
        ("requests/day", 500),
    ]
    assert groq.limits == ()
    assert [(limit.window, limit.amount) for limit in second.limits] == [("tokens/minute", 8000)]
    prices = {model: (price.incoming, price.outgoing) for model, price in settings.llm_prices}
    assert prices == {"gemini-3.5-flash-lite": (0.1, 0.4), "openai/gpt-oss-20b": (0, 1)}


def test_webhook_is_a_secret_as_a_whole(tmp_path: Path) -> None:
    url = "https://hooks.example/services/T0/B0/XXXX"
    settings = load(tmp_path, ALERT_WEBHOOK_URL=url)
    assert settings.secrets == (url,)
    assert "XXXX" not in repr(settings)


def test_keys_are_not_shown_by_any_representation() -> None:
    settings = Settings(gemini_api_key="AIza-secret", groq_api_key="gsk_secret")
    shown = [repr(settings), str(settings), repr(settings.groq_api_key), f"{settings.groq_api_key}"]
    assert "secret" not in " ".join(shown)
    assert copy.deepcopy(settings) == settings
    with pytest.raises(TypeError):
        pickle.dumps(settings)


def test_settings_built_by_keyword_are_checked_too() -> None:
    assert Settings(model_timeout="3").model_timeout == 3.0  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="PRIMARY_LLM"):
        Settings(primary_llm="openai")
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().user = "x"  # type: ignore[misc]


def test_timezone_of_the_machine_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert load(tmp_path).timezone == "Asia/Tokyo"
    monkeypatch.setenv("TZ", "nonsense")
    assert load(tmp_path).timezone == "UTC"


def documented(text: str) -> set[str]:
    return {name for name in NAMES if name in text}


@pytest.mark.parametrize("file", ["docs/settings.md", ".env.example"])
def test_every_setting_is_documented(file: str) -> None:
    text = (ROOT / file).read_text()
    assert documented(text) == set(NAMES)


def test_env_example_is_read_as_it_is_and_gives_the_defaults(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(example)
    assert load(tmp_path) == Settings.load({"APP_DATA_DIR": str(tmp_path / "data")}, Path("/"))
    uncommented = [
        line[2:] for line in example.splitlines() if line.startswith("# ") and "=" in line
    ]
    values: dict[str, Any] = dict(line.split("=", 1) for line in uncommented)
    assert set(values) == set(NAMES)
    for each in filter(lambda one: one.metadata["names"], dataclasses.fields(Settings)):
        value = values[each.metadata["names"][0]].strip()
        if value and isinstance(each.default, str | int | float):
            assert each.metadata["read"](value) == each.default


def test_type_checkers_know_the_fields_that_the_providers_rows_bring() -> None:
    table = ast.parse((ROOT / "app" / "settings" / "table.py").read_text())
    (block,) = [
        node
        for node in ast.walk(table)
        if isinstance(node, ast.If) and any(isinstance(line, ast.AnnAssign) for line in node.body)
    ]
    told = [
        f"{ast.unparse(line.target)}: {ast.unparse(line.annotation)}"
        for line in block.body
        if isinstance(line, ast.AnnAssign)
    ]
    rows = [part for row in PROVIDERS.values() for part in provider_fields(row)]
    assert told == [f"{name}: {words}" for name, words, _ in rows]


def test_hosts_may_give_text_and_read_what_it_means() -> None:
    settings = Settings(
        llm_chain="groq,groq2",
        groq_api_key="gsk_text",
        groq_limits="15 requests/minute",
        data_dir="data",
        numbered={"GROQ2_API_KEY": "gsk_second"},
        llm_prices="m=1/2",
        failover_on="timeout,auth",
    )
    assert settings.groq_api_key is not None
    assert settings.groq_api_key.reveal() == "gsk_text"
    assert settings.groq_limits[0].amount == 15
    assert settings.data_dir == Path("data").absolute()
    assert settings.failover_on == ("timeout", "auth")
    assert [place.name for place in settings.places] == ["groq", "groq2"]


def test_prices_of_an_address_of_ones_own_are_unknown_where_others_offer_the_api() -> None:
    def price_name(**given: str) -> str | None:
        (place,) = Settings(**{"llm_chain": "openai"} | given).places  # type: ignore[arg-type]
        return place.price_name

    assert price_name() == "openai"
    assert price_name(openai_base_url="http://127.0.0.1:1") is None
    assert price_name(llm_chain="groq", groq_base_url="http://127.0.0.1:1") == "groq"
    assert price_name(llm_chain="ollama") is None
