"""Hold keys to the addresses that they came with, and names of other programs out of ours."""

from pathlib import Path

import pytest

from app import Settings, SettingsError
from app.runtime.sign_in import SignIn
from app.settings import PROVIDERS
from app.settings.places import PlaceSettings

THEIRS = "http://somewhere.example"
PLACES = list(PROVIDERS)


def load(tmp_path: Path, here: str = "", far: str = "", **environment: str) -> Settings:
    """Return the settings of a working directory and a data directory with these files."""
    data, work = tmp_path / "data", tmp_path / "work"
    for place, text in ((data, far), (work, here)):
        place.mkdir(exist_ok=True)
        (place / ".env").write_text(text)
    return Settings.load({"APP_DATA_DIR": str(data)} | environment, work)


def place_of(settings: Settings, name: str) -> PlaceSettings:
    return next(place for place in settings.places if place.name == name)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("own", ["environment", "data directory"])
def test_address_of_a_strange_file_gets_no_key_of_the_person(
    tmp_path: Path, place: str, own: str
) -> None:
    name, key = place.upper(), f"{place.upper()}_API_KEY"
    here = f"LLM_CHAIN={place}\n{name}_BASE_URL={THEIRS}\n"
    if own == "environment":
        settings = load(tmp_path, here, **{key: "mine"})
    else:
        settings = load(tmp_path, here, f"{key}=mine\n")
    asked = place_of(settings, place)
    assert asked.api_key is not None
    assert asked.base_url is None
    (note,) = settings.notes
    source = "the environment" if own == "environment" else f"{tmp_path}/data/.env"
    assert f"{tmp_path}/work/.env" in note
    assert f"{name}_BASE_URL, because {key} comes from {source}" in note


@pytest.mark.parametrize("place", PLACES)
def test_key_and_its_address_of_one_file_go_on_working(tmp_path: Path, place: str) -> None:
    name = place.upper()
    pair = f"LLM_CHAIN={place}\n{name}_API_KEY=k\n{name}_BASE_URL={THEIRS}\n"
    for settings in (load(tmp_path, pair), load(tmp_path, "", pair)):
        asked = place_of(settings, place)
        assert str(asked.base_url).startswith(THEIRS)
        assert "Left out" not in " ".join(settings.notes)


def test_address_of_the_person_takes_a_key_from_anywhere(tmp_path: Path) -> None:
    here = "GROQ_API_KEY=theirs\n"
    assert load(tmp_path, here, f"GROQ_BASE_URL={THEIRS}\n").groq_base_url == THEIRS
    assert load(tmp_path, here, GROQ_BASE_URL=THEIRS).groq_base_url == THEIRS
    far = f"GROQ_BASE_URL={THEIRS}\n"
    assert load(tmp_path, "", far, GROQ_API_KEY="mine").groq_base_url == THEIRS


def test_address_that_is_left_out_makes_room_for_the_person_s(tmp_path: Path) -> None:
    far = "GEMINI_BASE_URL=http://proxy.mine\n"
    settings = load(tmp_path, f"GEMINI_BASE_URL={THEIRS}\n", far, GOOGLE_API_KEY="mine")
    assert settings.gemini_base_url == "http://proxy.mine"
    assert "because GOOGLE_API_KEY comes from the environment" in settings.notes[0]


def test_second_key_of_a_provider_keeps_away_from_the_address_of_the_first(
    tmp_path: Path,
) -> None:
    here = f"LLM_CHAIN=groq,groq2,groq3\nGROQ_API_KEY=theirs\nGROQ_BASE_URL={THEIRS}\n"
    far = "GROQ3_BASE_URL=http://third.mine\n"
    settings = load(tmp_path, here, far, GROQ2_API_KEY="mine", GROQ3_API_KEY="mine3")
    asked = {place.name: place.base_url for place in settings.places}
    assert asked == {"groq": THEIRS, "groq2": None, "groq3": "http://third.mine"}
    assert "GROQ_BASE_URL, because GROQ2_API_KEY comes from the environment" in settings.notes[0]


def test_second_key_of_a_provider_has_the_person_s_address(tmp_path: Path) -> None:
    here = f"LLM_CHAIN=groq,groq2\nGROQ_API_KEY=theirs\nGROQ_BASE_URL={THEIRS}\n"
    settings = load(tmp_path, here, "GROQ_BASE_URL=http://mine\n", GROQ2_API_KEY="mine")
    assert [place.base_url for place in settings.places] == [THEIRS, "http://mine"]


@pytest.mark.parametrize("place", ["ollama", "openai"])
def test_model_without_a_key_moves_only_with_the_chain_that_names_it(
    tmp_path: Path, place: str
) -> None:
    here = f"{place.upper()}_BASE_URL={THEIRS}\n"
    chain = f"LLM_CHAIN={place}\n"
    assert place_of(load(tmp_path, here, chain), place).base_url is None
    assert place_of(load(tmp_path, here, LLM_CHAIN=place), place).base_url is None
    assert str(place_of(load(tmp_path, here + chain), place).base_url).startswith(THEIRS)


def test_file_that_moves_the_data_directory_gets_no_key_with_it(tmp_path: Path) -> None:
    """Neither a key of the environment, nor one of the data directory that it points at."""
    work, data = tmp_path / "work", tmp_path / "data"
    work.mkdir()
    data.mkdir()
    (work / ".env").write_text(f"APP_DATA_DIR={data}\nGEMINI_BASE_URL={THEIRS}\n")
    (data / ".env").write_text(f"GEMINI_API_KEY=mine\nGROQ_BASE_URL={THEIRS}\n")
    settings = Settings.load({"GROQ_API_KEY": "mine"}, work)
    assert (settings.gemini_base_url, settings.groq_base_url) == (None, None)
    (data / ".env").write_text("GEMINI_API_KEY=mine\nGEMINI_BASE_URL=http://mine\n")
    assert Settings.load({}, work).gemini_base_url == "http://mine"


def test_strange_file_fills_nothing_in_of_the_environment(tmp_path: Path) -> None:
    here = (
        "OPENAI_API_KEY=x\nOPENAI_BASE_URL=http://somewhere.example/${GROQ_API_KEY}\n"
        "LLM_CHAIN=openai\nAPP_USER=${USER}-${OPENAI_API_KEY}\n"
    )
    settings = load(tmp_path, here, GROQ_API_KEY="mine", USER="ann")
    assert settings.openai_base_url == f"{THEIRS}/v1"
    assert settings.user == "ann-x"
    far = "GROQ_MODEL=${MODEL}\n"
    assert load(tmp_path, "", far, MODEL="mine").groq_model == "mine"


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        ("postgresql://me@somewhere.example/db", {"PGPASSWORD": "mine"}),
        ("postgresql://me@somewhere.example/db", {"PGSERVICE": "work"}),
        ("postgresql://me@somewhere.example/db?service=work", {}),
        ("postgresql://me@somewhere.example/db?passfile=/home/me/keys", {}),
    ],
)
def test_database_of_a_strange_file_gets_no_password_of_the_person(
    tmp_path: Path, url: str, environment: dict[str, str]
) -> None:
    settings = load(tmp_path, f"APP_DATABASE_URL={url}\n", **environment)
    assert settings.database_url.startswith("sqlite:")
    assert "APP_DATABASE_URL, because" in settings.notes[0]
    mine = load(tmp_path, "", f"APP_DATABASE_URL={url}\n", **environment)
    assert "somewhere.example" in mine.database_url


def test_database_of_a_strange_file_with_its_own_password_counts(tmp_path: Path) -> None:
    here = "APP_DATABASE_URL=postgresql://me:theirs@h/db\n"
    assert "theirs@h" in load(tmp_path, here, PGPASSWORD="mine").database_url


@pytest.mark.parametrize(
    "line",
    [
        "DATABASE_URL=sqlite:///theirs.db",
        "DATABASE_URL=mysql://root@h/db",
        "LOG_FILE=~/.bashrc",
        "LOG_LEVEL=DEBUG",
        "LOG_LEVEL=trace",
        "LOG_FORMAT=json",
        "LOG_FORMAT=pretty",
        "ALERT_WEBHOOK_URL=http://somewhere.example/hook",
        "ALERT_WEBHOOK_URL=slack",
        "CORS_ORIGINS=*",
        "CORS_ORIGINS=http://evil.example",
    ],
)
def test_name_that_other_programs_use_says_nothing_in_a_strange_file(
    tmp_path: Path, line: str
) -> None:
    name = line.partition("=")[0]
    settings = load(tmp_path, f"{line}\n")
    assert settings == load(tmp_path)
    (note,) = load(tmp_path, f"{line}\n").notes
    assert name in note
    assert "begins with APP_" in note


def test_own_names_count_there_and_plain_ones_elsewhere(tmp_path: Path) -> None:
    own = "APP_DATABASE_URL=sqlite:///x.db\nAPP_LOG_LEVEL=debug\nAPP_LOG_FORMAT=json\n"
    plain = own.replace("APP_", "")
    for settings in (
        load(tmp_path, own),
        load(tmp_path, plain, own),
        load(tmp_path, "", plain),
        load(tmp_path, DATABASE_URL="sqlite:///x.db", LOG_LEVEL="debug", LOG_FORMAT="json"),
    ):
        told = (settings.database_url, settings.log_level, settings.log_format)
        assert told == ("sqlite:///x.db", "DEBUG", "json")
    assert load(tmp_path, "APP_LOG_LEVEL=debug\n", LOG_LEVEL="error").log_level == "DEBUG"


@pytest.mark.parametrize(
    "line",
    ["MODEL_TIMEOUT=30s", "OPENAI_MODEL=gpt 4", "GROQ_API_KEY=two words", "HISTORY_WINDOW=0"],
)
def test_wrong_value_of_another_program_is_no_reason_to_stop(tmp_path: Path, line: str) -> None:
    settings = load(tmp_path, f"{line}\n")
    assert settings == load(tmp_path)
    assert "two words" not in " ".join(settings.notes)
    with pytest.raises(SettingsError):
        load(tmp_path, "", f"{line}\n")


def test_strange_file_lets_nobody_in_beside_those_whom_the_person_named(tmp_path: Path) -> None:
    people, theirs = tmp_path / "people", tmp_path / "theirs"
    provider = "AUTH_JWKS_URL=https://h/keys\nAUTH_ISSUER=i\nAUTH_AUDIENCE=a\n"
    settings = load(tmp_path, f"AUTH_TOKENS={theirs}\n{provider}", f"AUTH_TOKENS={people}\n")
    assert (settings.auth_tokens, settings.auth_jwks_url) == (people, None)
    assert "because AUTH_TOKENS comes from" in settings.notes[0]
    alone = load(tmp_path, f"AUTH_TOKENS={people}\n{provider}", AUTH_SECRET="another program's")
    assert (alone.auth_tokens, alone.auth_jwks_url) == (people, "https://h/keys")


def test_sign_in_that_a_strange_file_wants_in_vain_stops_servers_alone(tmp_path: Path) -> None:
    settings = load(tmp_path, "AUTH_JWKS_URL=/api/auth/jwks\n")
    with pytest.raises(SettingsError, match=r"AUTH_JWKS_URL in .*work/\.env has a value"):
        SignIn(settings)


def test_wrong_value_of_a_name_of_ours_stops_from_there_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="APP_TIMEZONE"):
        load(tmp_path, "APP_TIMEZONE=Mars\n")
    with pytest.raises(SettingsError, match="PRIMARY_LLM"):
        load(tmp_path, "PRIMARY_LLM=gemni\n")


def test_what_a_strange_file_changes_is_told_and_no_more(tmp_path: Path) -> None:
    here = "APP_USER=eve\nGROQ_MODEL=m\nOLLAMA_MODEL=not-in-the-chain\nSECRET_KEY=django\n"
    settings = load(tmp_path, here, GROQ_MODEL="mine")
    assert settings.notes == (f"{tmp_path}/work/.env sets APP_USER.",)
    assert load(tmp_path, "SECRET_KEY=django\n").notes == ()
    assert load(tmp_path, "", "APP_USER=ann\n").notes == ()


def test_data_directory_as_the_working_directory_is_no_strange_place(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=DEBUG\nGEMINI_BASE_URL=http://mine\n")
    given = {"APP_DATA_DIR": str(tmp_path), "GEMINI_API_KEY": "mine"}
    settings = Settings.load(given, tmp_path)
    assert (settings.log_level, settings.gemini_base_url) == ("DEBUG", "http://mine")
    assert settings.notes == ()
