import stat
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings.env_file import remove_line, set_line
from app.settings.sources import dotenv

VALUES = [
    "plain",
    "two words",
    "a#b",
    "a # b",
    "'quoted'",
    '"quoted"',
    "it's",
    "back\\slash\\",
    "C:\\new\\table",
    "${HOME}/x",
    "$HOME",
    "a=b",
    "ünïcödé",
    "sqlite:////home/me/my tasks.db",
    "\\'",
]


@pytest.mark.parametrize("value", VALUES)
def test_value_is_read_back_the_same(tmp_path: Path, value: str) -> None:
    file = tmp_path / ".env"
    set_line(file, "NAME", value)
    set_line(file, "AFTER", "it's fine")
    assert dotenv(file) == {"NAME": value, "AFTER": "it's fine"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_other_lines_and_comments_stay(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\n\nA='x y'  # why\nB=1\nexport C=2\nB=3\nnonsense\n")
    file.chmod(0o644)
    set_line(file, "B", "9")
    assert file.read_text() == "# mine\n\nA='x y'  # why\nB=9\nexport C=2\nnonsense\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert remove_line(file, "A")
    assert file.read_text() == "# mine\n\nB=9\nexport C=2\nnonsense\n"
    assert not remove_line(file, "A")
    assert list(tmp_path.iterdir()) == [file]


def test_line_ends_of_windows_and_a_missing_last_one_are_respected(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xef\xbb\xbfA=1\r\nB=2")
    set_line(file, "C", "3")
    assert file.read_bytes() == b"A=1\r\nB=2\r\nC=3\r\n"


def test_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("A=1\n")
    (tmp_path / ".env").symlink_to(tmp_path / "real")
    set_line(tmp_path / ".env", "A", "2")
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text() == "A=2\n"


def test_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"can't be (read|written)"):
        set_line(tmp_path / "file" / ".env", "A", "2")


def test_dotenvs_parser_keeps_the_original_of_each_line() -> None:
    from dotenv.parser import parse_stream

    (binding,) = parse_stream(StringIO("  export A='b' # why\n"))
    told = (binding.key, binding.value, binding.original.string)
    assert told == ("A", "b", "  export A='b' # why\n"), (
        f"python-dotenv {version('python-dotenv')}: dotenv.parser.parse_stream, which is not in "
        "its documentation, has changed; app/settings/env_file.py needs key and original"
    )
