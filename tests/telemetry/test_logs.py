import json
import logging
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.telemetry import LogFile, TurnIds, may_be_log, turn_context

logger = logging.getLogger("task_relay.tests")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogFile]:
    opened = LogFile(tmp_path / "logs" / "app.log", "INFO", ["MYKEY"])
    opened.attach(whole_process=False)
    yield opened
    opened.detach()
    opened.close()


def lines(log: LogFile, tmp_path: Path) -> list[str]:
    log.close()
    return (tmp_path / "logs" / "app.log").read_text().splitlines()


def test_lines_and_tracebacks_are_redacted(log: LogFile, tmp_path: Path) -> None:
    try:
        raise ValueError("bad MYKEY of org_01abcdefgh")
    except ValueError:
        logger.exception("With %s", "MYKEY")
    text = "\n".join(lines(log, tmp_path))
    assert "ValueError: bad [redacted] of [redacted]" in text
    assert "With [redacted]" in text
    assert "MYKEY" not in text


def test_level_decides_what_is_written(log: LogFile, tmp_path: Path) -> None:
    logger.debug("quiet")
    logger.info("loud")
    written = lines(log, tmp_path)
    assert [line.split(": ", 1)[1] for line in written] == ["loud"]


def test_only_our_own_loggers_write_where_we_are_a_guest(log: LogFile, tmp_path: Path) -> None:
    logging.getLogger("somebody.else").warning("theirs")
    assert lines(log, tmp_path) == []


def test_file_is_the_owners_alone(log: LogFile, tmp_path: Path) -> None:
    file = tmp_path / "logs" / "app.log"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_odd_characters_do_not_break_the_log(
    log: LogFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        logging.getLogger("task_relay"), "propagate", False
    )  # the runner's own report can't hold them
    logger.info("lone %s", "\ud800")
    assert lines(log, tmp_path)[0].endswith("lone \\ud800")


@pytest.mark.parametrize("form", ["human", "json"])
def test_what_a_provider_said_does_nothing_to_the_screen_that_shows_the_log(
    tmp_path: Path, form: str
) -> None:
    opened = LogFile(tmp_path / "app.log", "INFO", [], form)
    opened.attach(whole_process=False)
    said = "x\x1b]52;c;ZXZpbA==\x07 \x9b31m \u202eknab"
    try:
        raise ValueError(said)
    except ValueError:
        logger.exception("It said %s", said)
    opened.detach()
    opened.close()
    text = (tmp_path / "app.log").read_text()
    assert not set(text) & set("\x1b\x07\x9b\u202e")
    assert text.count("ZXZpbA==") == 2
    assert text.count("202eknab") == 2


def test_message_of_many_lines_is_one(log: LogFile, tmp_path: Path) -> None:
    logger.warning("Refused:\n2026-01-01 00:00:00,000 ERROR app: forged\r\n\u2028end")
    (line,) = lines(log, tmp_path)
    assert line.endswith("Refused: 2026-01-01 00:00:00,000 ERROR app: forged  end")


def test_json_line_holds_a_traceback_and_odd_characters(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "app.log", "INFO", ["MYKEY"], "json")
    odd = 'quote " back\\slash \n\r\t\x00\x1b\u2028 \N{PILE OF POO} \ud800 MYKEY'
    error = ValueError(odd)
    exc_info = (type(error), error, None)
    with turn_context(TurnIds(odd, odd, "1")):
        record = logging.LogRecord("task_relay", logging.ERROR, "", 0, "%s", (odd,), exc_info)
        log.handler.handle(record)
    log.close()
    (line, rest) = (tmp_path / "app.log").read_text().split("\n")
    told = json.loads(line)
    assert rest == ""
    assert told["message"] == told["user"] == told["thread"] == odd.replace("MYKEY", "[redacted]")
    assert told["exception"].startswith("ValueError: quote")


def test_processes_share_a_file_over_its_rotations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.telemetry.logs.log_file._MOST_BYTES", 2_000)
    file = tmp_path / "app.log"
    first, second = LogFile(file, "INFO", []), LogFile(file, "INFO", [])

    def says(log: LogFile, text: str) -> None:
        written = len(list(tmp_path.glob("app.log*"))), file.exists() and file.stat().st_size
        log.handler.emit(logging.LogRecord("task_relay", logging.INFO, "", 0, text, None, None))
        for _ in range(200):
            now = len(list(tmp_path.glob("app.log*"))), file.exists() and file.stat().st_size
            if now != written:
                return
            time.sleep(0.005)

    for number in range(30):
        says(first, f"first {number:100}")
        says(second, f"second {number:100}")
    first.close()
    second.close()
    newest = file.read_text().splitlines()
    assert [line.split()[-2:] for line in newest[-2:]] == [["first", "29"], ["second", "29"]]
    assert (tmp_path / "app.log.1").stat().st_size > 1_500


def test_place_that_cannot_be_written_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r'LOG_FILE is ".*app\.log", but must be a file'):
        LogFile(tmp_path / "file" / "app.log", "INFO", [])


@pytest.mark.parametrize(
    ("content", "log"),
    [
        ("", True),
        ("2026-03-04 22:30:00,123 INFO task_relay: Chain: empty\n", True),
        ("2026-03-04 22:30:00,123 INFO app [user=ann thread=main]: A word\n", True),
        ("2026-03-2026-03-04 22\n2026-03-04 22:30:00,123 ERROR task_relay: It is full\n", True),
        ('{"time": "t", "level": "INFO", "logger": "task_relay", "message": "m"}\n', True),
        ("export PATH=/bin\n", False),
        ("2026-03-04 22:30:00 GET /\n", False),
        ('{"name": "a package"}\n', False),
        ("[" * 100_000, False),
        ("\0" * 5000, False),
    ],
)
def test_log_is_told_from_a_file_of_anybody(tmp_path: Path, content: str, log: bool) -> None:
    file = tmp_path / "file"
    file.write_text(content)
    assert may_be_log(file) is log
    if not log:
        with pytest.raises(SettingsError, match="must be a log of Task Relay or a new file"):
            LogFile(file, "INFO", [])
    assert file.read_text() == content


def test_log_may_be_a_device(tmp_path: Path) -> None:
    assert may_be_log(Path("/dev/null"))
    assert may_be_log(tmp_path / "missing")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    assert may_be_log(fifo)
