"""Warn of keys and data that others on the machine can read."""

from pathlib import Path

import pytest

from app.runtime.health import Level
from app.runtime.health.privacy import privacy_findings
from app.settings import Settings, layers


def look(data_dir: Path, work: Path) -> list[str]:
    environment = {"APP_DATA_DIR": str(data_dir), "GROQ_API_KEY": "k"}
    found = privacy_findings(Settings.load(environment, work), layers(environment, work))
    assert all(one.level is Level.WARNING for one in found)
    return [one.text for one in found]


@pytest.fixture
def private(data_dir: Path, tmp_path: Path) -> Path:
    """A data directory as it is made, with a key in it."""
    data_dir.mkdir(mode=0o700)
    file = data_dir / ".env"
    file.write_text("GEMINI_API_KEY=AIza\nAPP_USER=ann\n")
    file.chmod(0o600)
    return data_dir


def test_private_files_are_no_finding(private: Path, tmp_path: Path) -> None:
    assert look(private, tmp_path) == []
    (tmp_path / ".env").write_text("APP_USER=ann\nDATABASE_URL=postgresql://a:b@h/d\n")
    (tmp_path / ".env").chmod(0o644)
    assert look(private, tmp_path) == [], "it holds no key of ours"


@pytest.mark.parametrize(
    ("mode", "can"), [(0o644, "read"), (0o640, "read"), (0o666, "read and change")]
)
def test_keys_that_others_can_read_are_named_and_not_shown(
    private: Path, tmp_path: Path, mode: int, can: str
) -> None:
    (private / ".env").chmod(mode)
    here = tmp_path / ".env"
    here.write_text("GROQ2_API_KEY=gsk_secret\nAPP_DATABASE_URL=postgresql://a:b@h/d\n")
    here.chmod(mode)
    assert look(private, tmp_path) == [
        f"{here} holds GROQ2_API_KEY, APP_DATABASE_URL. Others can {can} it: chmod 600 {here}",
        f"{private}/.env holds GEMINI_API_KEY. Others can {can} it: chmod 600 {private}/.env",
    ]


def test_file_of_people_that_others_read_is_told(private: Path, tmp_path: Path) -> None:
    people = tmp_path / "people"
    (private / ".env").write_text(f"AUTH_TOKENS={people}\n")
    assert look(private, tmp_path) == []
    people.write_text("ann sha256:00\n")
    people.chmod(0o640)
    advice = f"Others can read it: chmod 600 {people}"
    assert look(private, tmp_path) == [f"{people} says who may sign in. {advice}"]


def test_data_directory_that_others_enter_is_told_with_what_lies_in_it(
    private: Path, tmp_path: Path
) -> None:
    (private / "history").mkdir()
    (private / "history" / "ann").write_text("typed")
    (private / "history" / "ann").chmod(0o644)
    private.chmod(0o777)
    assert look(private, tmp_path) == [
        f"Data directory: {private}. Others can read and change it: chmod 700 {private}",
        f"Others can read {private}/history/ann: chmod 600",
    ]
    private.chmod(0o755)
    assert look(private, tmp_path)[0].endswith(f"Others can read it: chmod 700 {private}")
