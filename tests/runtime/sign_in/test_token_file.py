"""The file of those who may use a server: what stands in it, what stops a start, what changes."""

import hashlib
import logging
import os
from pathlib import Path

import pytest

from app.errors import InputError, SettingsError
from app.runtime import SignIn, add_token, make_token, token_line
from app.runtime.sign_in import TokenFile
from app.settings import Settings

ANN, BOB = "a" * 32, "b" * 40
ANNS = f"sha256:{hashlib.sha256(ANN.encode()).hexdigest()}"


def people(tmp_path: Path, text: str | bytes, mode: int = 0o600) -> Path:
    file = tmp_path / "people"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    file.chmod(mode)
    return file


def test_user_is_whose_token_it_is(tmp_path: Path) -> None:
    text = f"# who may\n\nann\t{ANNS}  # her laptop\nann {ANN}2\r\n*   {BOB}\nbob  {ANNS[:-1]}0"
    file = TokenFile(people(tmp_path, f"\ufeff{text}"))
    assert file.user_of(ANN) == "ann"
    assert file.user_of(f"{ANN}2") == "ann"
    assert file.user_of(BOB) == "*"
    for stranger in ("", ANN[1:], ANN.upper(), ANNS, f"{ANN}\n", "ann", "ä" * 40, "\udcff"):
        assert file.user_of(stranger) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names nobody"),
        ("# nobody yet\n\n", "names nobody"),
        ("ann", "line 1 .* USER TOKEN"),
        (f"# x\nann {ANN}\nbob\n", "line 3 .* USER TOKEN"),
        (ANN, "USER TOKEN"),
        (f"ann {ANN} {BOB}", "USER TOKEN"),
        (f"ann {ANN[1:]}", "32 characters"),
        (f"ann {'ä' * 40}", "plain ASCII"),
        ("ann sha256:", "64 hexadecimal"),
        (f"ann {ANNS[:-1]}", "64 hexadecimal"),
        (f"ann {ANNS}0", "64 hexadecimal"),
        (f"ann SHA256:{'x' * 64}", "64 hexadecimal"),
        (f"ann {ANN}\nbob {ANN}", "same token as line 1"),
        (f"ann {ANN}\nann {ANNS}", "same token as line 1"),
        (f"ann {ANNS}\nbob {ANNS.upper()}", "same token as line 1"),
        (f"anonymous {ANN}", "stands for nobody"),
        (f"{'u' * 201} {ANN}", "at most 200"),
        (f"a\x1bb {ANN}", "printable"),
        (b"\xff\xfe" + ANN.encode(), "UTF-8"),
        (f"ann {ANN}\n".encode() * 2 + b"\0 " + BOB.encode(), "same token|printable"),
    ],
)
def test_file_that_is_empty_incomplete_or_ambiguous_stops_the_start(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    file = people(tmp_path, text)
    with pytest.raises(SettingsError, match=said) as refused:
        SignIn(Settings(auth_tokens=file))
    sentence = str(refused.value)
    assert "AUTH_TOKENS" in sentence
    assert str(file) in sentence
    for secret in (ANN, BOB, ANNS, "ann "):
        assert secret not in sentence.replace(str(file), "")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o601])
def test_file_that_is_open_to_others_stops_the_start(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SettingsError, match="chmod 600"):
        SignIn(Settings(auth_tokens=people(tmp_path, f"ann {ANN}", mode)))


def test_file_that_is_missing_or_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"is missing.*token USER"):
        SignIn(Settings(auth_tokens=tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match="is no file"):
        SignIn(Settings(auth_tokens=tmp_path))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SettingsError, match="is no file"):
        SignIn(Settings(auth_tokens=tmp_path / "pipe"))


def test_change_counts_at_once_and_a_bad_one_refuses_everybody_until_it_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "task_relay")
    place = people(tmp_path, f"ann {ANN}\n")
    file = TokenFile(place)
    assert (file.user_of(ANN), file.user_of(BOB)) == ("ann", None)
    people(tmp_path, f"bob {BOB}\n")
    assert (file.user_of(ANN), file.user_of(BOB)) == (None, "bob")
    for spoil in (
        lambda: people(tmp_path, f"bob {BOB}\nann\n"),
        lambda: place.write_text(""),
        place.unlink,
        lambda: people(tmp_path, f"bob {BOB}\n", 0o644),
    ):
        caplog.clear()
        spoil()
        for _ in range(3):
            with pytest.raises(SettingsError):
                file.user_of(BOB)
        (line,) = caplog.messages
        assert line.startswith("Nobody is let in until this is mended: AUTH_TOKENS")
        assert BOB not in line
    place.chmod(0o600)
    assert file.user_of(BOB) == "bob"


def test_replaced_file_counts_also_where_its_size_and_time_are_the_same(tmp_path: Path) -> None:
    place = people(tmp_path, f"ann {ANN}\n")
    file = TokenFile(place)
    file.lines()
    was = place.stat()
    other = tmp_path / "other"
    other.write_text(f"eve {ANN}\n")
    other.chmod(0o600)
    os.utime(other, ns=(was.st_atime_ns, was.st_mtime_ns))
    other.replace(place)
    assert file.user_of(ANN) == "eve"


def test_token_is_added_to_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    place = tmp_path / "made" / "people"
    first, second = make_token(), make_token()
    assert len(first) >= 32
    assert first != second
    add_token(place, token_line("ann", first))
    add_token(place, token_line("*", second))
    assert place.stat().st_mode & 0o777 == 0o600
    assert first not in place.read_text()
    file = TokenFile(place)
    assert (file.user_of(first), file.user_of(second)) == ("ann", "*")


@pytest.mark.parametrize("before", [f"bob {BOB}", f"bob {BOB}\n", f"bob {BOB}\r\n", "# none yet"])
def test_token_gets_a_line_of_its_own(tmp_path: Path, before: str) -> None:
    place, token = people(tmp_path, before), make_token()
    add_token(place, token_line("ann", token))
    assert place.read_text().startswith(before.rstrip())
    assert TokenFile(place).user_of(token) == "ann"


@pytest.mark.parametrize(("text", "mode"), [("bob\n", 0o600), (f"bob {BOB}\n", 0o644)])
def test_token_is_not_added_to_a_file_that_can_t_be_used(
    tmp_path: Path, text: str, mode: int
) -> None:
    place = people(tmp_path, text, mode)
    with pytest.raises(SettingsError):
        add_token(place, token_line("ann", ANN))
    assert place.read_text() == text


@pytest.mark.parametrize("user", ["", "two words", "anonymous", "#ann", "a\nb", "a\u2003b"])
def test_user_that_can_t_stand_in_the_file_gets_no_token(user: str) -> None:
    with pytest.raises(InputError):
        token_line(user, ANN)
