"""Show and change settings as a person does."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.inside import Enter, screen
from tests.fakes.terminal import Terminal

KEY = "AIza-fake-gemini-key-for-tests-only-0001"


def test_every_setting_is_shown_with_where_it_comes_from(
    enter: Enter, data_dir: Path, tmp_path: Path
) -> None:
    data_dir.mkdir()
    (data_dir / ".env").write_text(f"GEMINI_API_KEY={KEY}\nGROQ_MODEL=far\nAPP_USER=far\n")
    (tmp_path / ".env").write_text("APP_USER=near\nGROQ_MODEL=near\n")
    ended = enter("config", "--json", APP_USER="nearest")
    assert (ended.code, ended.err) == (0, "")
    told = {one["name"]: one for one in json.loads(ended.out)["settings"]}
    shown = {name: (told[name]["value"], told[name]["source"]) for name in told}
    assert shown["APP_USER"] == ("nearest", "environment")
    assert shown["GROQ_MODEL"] == ("near", f"{tmp_path}/.env")
    assert shown["GEMINI_API_KEY"] == ("********0001", f"{data_dir}/.env")
    assert shown["GROQ_API_KEY"] == (None, "default")
    assert shown["LLM_CHAIN"] == ("gemini,groq", "default")
    assert shown["MODEL_TIMEOUT"] == ("30", "default")
    assert shown["OFFLINE_FALLBACK"] == ("on", "default")
    assert KEY not in ended.out


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        (80, ["GEMINI_API_KEY ********0001 environment"]),
        (40, ["GEMINI_API_KEY", "  ********0001", "  environment", "GEMINI_MODEL"]),
    ],
)
def test_settings_fit_the_screen(enter: Enter, columns: int, lines: list[str]) -> None:
    shown = screen(enter("config", columns=columns, GEMINI_API_KEY=KEY), columns)
    words = [" ".join(line.split()) for line in shown[1 : 1 + len(lines)]]
    assert words == [" ".join(line.split()) for line in lines]
    assert "OLLAMA_MAX_INPUT_TOKENS" in "\n".join(shown)
    assert all(len(line) <= columns for line in shown)
    assert KEY not in enter("config", columns=columns, GEMINI_API_KEY=KEY).out


def test_second_name_and_numbered_places_are_shown(enter: Enter) -> None:
    given = {"GOOGLE_API_KEY": KEY, "LLM_CHAIN": "groq,groq2", "GROQ2_MODEL": "other"}
    out = enter("config", **given).out
    line = next(line for line in out.splitlines() if line.startswith("GEMINI_API_KEY"))
    assert line.split() == ["GEMINI_API_KEY", "********0001", "GOOGLE_API_KEY,", "environment"]
    rows = [line.split() for line in out.splitlines() if line.startswith("GROQ2")]
    assert rows == [
        ["GROQ2_API_KEY", "not", "set", "default"],
        ["GROQ2_MODEL", "other", "environment"],
    ]


def test_wrong_value_is_shown_and_exit_2_and_a_misspelt_name_is_a_warning(enter: Enter) -> None:
    ended = enter("config", PRIMARY_LLM="gemni", GEMINI_APIKEY="x", DATABASE_URL="pg://me:pw@h/d")
    assert ended.code == 2
    assert "gemni (wrong)" in ended.out
    assert "pw" not in ended.out + ended.err
    assert 'PRIMARY_LLM is "gemni", but must be gemini or groq.\n' in ended.err
    warning = "Warning: GEMINI_APIKEY (environment) is no setting. Did you mean GEMINI_API_KEY?\n"
    assert warning in ended.err


def test_password_of_the_database_is_masked_wherever_it_stands(enter: Enter) -> None:
    for url in (
        "postgresql://me:geh%40eim@h:5432/db",
        "postgres://h/db?password=geh%40eim&user=me",
        "nonsense://me:geh%40eim@h/db",
        "postgresql://me@h/db?sslkey=k&sslpassword=geh%40eim",
        "postgresql://me@h/db?%73slpassword=geh%40eim",
    ):
        ended = enter("config", APP_DATABASE_URL=url)
        assert "eim" not in ended.out + ended.err, url
        assert ended.code == (2 if url.startswith("nonsense") else 0)


def test_set_and_unset_change_the_data_directory(enter: Enter, data_dir: Path) -> None:
    ended = enter("config", "set", "groq_model", "models of mine")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith('GROQ_MODEL is "models of mine", but must be a model name')
    ended = enter("config", "set", "groq_model", "llama-9")
    file = data_dir / ".env"
    assert (ended.code, ended.out, ended.err) == (0, f"GROQ_MODEL is set in {file}.\n", "")
    assert file.read_text() == "GROQ_MODEL=llama-9\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert enter("config", "set", "GROQ2_API_KEY", "-", stdin="gsk_x\n").code == 0
    assert enter("config", "unset", "GROQ_MODEL").out == f"GROQ_MODEL is gone from {file}.\n"
    assert enter("config", "unset", "GROQ_MODEL").err == f"GROQ_MODEL was not set in {file}.\n"
    assert file.read_text() == "GROQ2_API_KEY=gsk_x\n"


def test_key_from_standard_input_stays_out_of_sight(enter: Enter, data_dir: Path) -> None:
    ended = enter("config", "set", "GEMINI_API_KEY", "-", stdin=f"{KEY}\n")
    assert (ended.code, ended.err) == (0, "")
    assert KEY not in ended.out
    assert (data_dir / ".env").read_text() == f"GEMINI_API_KEY={KEY}\n"
    spoken = enter("config", "set", "GEMINI_API_KEY", KEY)
    assert "config set GEMINI_API_KEY -" in spoken.err
    wrong = enter("config", "set", "GEMINI_API_KEY", "-", stdin="two words\n")
    assert (wrong.code, "two words" in wrong.err) == (2, False)
    assert "The value is empty" in enter("config", "set", "GEMINI_API_KEY", "-", stdin="\n").err


def test_key_is_asked_for_without_showing_it(
    in_terminal: Callable[..., Terminal], data_dir: Path
) -> None:
    asked = in_terminal("config", "set", "GEMINI_API_KEY", "-")
    asked.wait("GEMINI_API_KEY:")
    asked.type(KEY)
    asked.wait("is set in")
    assert asked.end() == 0
    assert KEY not in asked.screen
    assert KEY in (data_dir / ".env").read_text()


def test_nearer_value_that_hides_the_new_one_is_told(enter: Enter, tmp_path: Path) -> None:
    ended = enter("config", "set", "APP_USER", "ann", APP_USER="bob")
    assert ended.err == "But APP_USER (environment) is what counts: it is nearer.\n"
    (tmp_path / ".env").write_text("GEMINI_API_KEY=x\n")
    ended = enter("config", "set", "GOOGLE_API_KEY", "-", stdin="y")
    assert ended.err == f"But GEMINI_API_KEY ({tmp_path}/.env) is what counts: it is nearer.\n"


def test_unknown_name_suggests_the_nearest(enter: Enter) -> None:
    ended = enter("config", "set", "GEMINI_MODLE", "x")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith("Did you mean GEMINI_MODEL?\n")
    assert "python -m app config shows all" in enter("config", "unset", "XYZ").err


def test_webhook_s_address_is_masked_whole(enter: Enter, data_dir: Path) -> None:
    """Its end is the secret, so four letters of it are four too many."""
    url = "https://hooks.example/services/T0/B0/" + "x" * 40 + "ABCD"
    for name in ("ALERT_WEBHOOK_URL", "APP_ALERT_WEBHOOK_URL"):
        for words in (("config",), ("config", "--json"), ("doctor", "--offline", "--json")):
            told = enter(*words, **{name: url})
            assert "ABCD" not in told.out + told.err
    assert enter("config", ALERT_WEBHOOK_URL=url).out.count("********") == 1
