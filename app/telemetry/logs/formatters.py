"""Give a log line its form: words for a person, or a JSON object; both redacted as a whole."""

import json
import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from ...intake import shown, shown_json
from .redaction import redact
from .turn_ids import TurnIds, current_ids

_HUMAN = "%(asctime)s %(levelname)s %(name)s%(ids)s: %(message)s"
_PLAIN = re.compile(r"[\w.@+-]+")
_IDS = "turn_ids"


_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.-]+(?: \[[^\n]*\])?: ")
_KEYS = {"time", "level", "logger", "message"}


def is_log_line(line: str) -> bool:
    """Say whether a line has one of the two forms."""
    if not line.startswith("{"):
        return _LINE.match(line) is not None
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return set(told) >= _KEYS


def stamp(record: logging.LogRecord) -> None:
    """Note on a record which turn it belongs to; call it on the thread that logs."""
    setattr(record, _IDS, current_ids())


class HumanLines(logging.Formatter):
    """Write `time level logger [user=... thread=... turn=...]: message`."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__(_HUMAN)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines where a traceback follows."""
        ids = _given(record)
        told = " ".join(f"{name}={_word(value)}" for name, value in ids.items())
        record.ids = f" [{told}]" if told else ""
        return shown(redact(super().format(record), self._secrets))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return it as one line, so that what others said looks like no line of its own."""
        return " ".join(super().formatMessage(record).splitlines())


class JsonLines(logging.Formatter):
    """Write one JSON object a line; a traceback is its `exception`."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_given(record),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        safe = {name: redact(value, self._secrets) for name, value in told.items()}
        return shown_json(safe)


def _given(record: logging.LogRecord) -> dict[str, str]:
    ids: TurnIds | None = getattr(record, _IDS, None)
    if ids is None:
        return {}
    named = {"user": ids.user, "thread": ids.thread, "turn": ids.turn}
    return {name: value for name, value in named.items() if value}


def _word(value: str) -> str:
    """Return a value as one word; what is none gets quotes."""
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
