"""Word the notices of the terminal."""

from typing import Any

import pytest

from app.cli.output.notices import (
    call_line,
    failover_notice,
    is_own_text,
    missing_notice,
    styled_notice,
    welcome,
)
from app.events import ToolCall
from app.intake import shown
from app.reply import Reply


def reply(kind: str | None = "timeout", **more: Any) -> Reply:
    attempts = ({"kind": kind}, {"kind": None})
    given: dict[str, Any] = {"provider": "groq", "attempts": attempts} | more
    return Reply(True, "Hello", "ann", "main", **given)


def test_failover_is_a_quiet_line_and_nothing_where_nobody_failed() -> None:
    quiet = reply(notice="Gemini: no answer in time\x1b; answered by Groq")
    assert failover_notice(quiet) == "(Gemini: no answer in time\\x1b; answered by Groq.)"
    styled = styled_notice(quiet)
    assert styled is not None
    assert styled.style == "dim"
    assert failover_notice(reply()) == ""
    assert styled_notice(reply()) is None


@pytest.mark.parametrize("kind", ["auth", "permission", "model_not_found"])
def test_what_only_a_person_can_repair_is_a_loud_warning(kind: str) -> None:
    loud = reply(kind, notice="Groq: key rejected, check GROQ_API_KEY; answered by Gemini")
    assert failover_notice(loud) == (
        "Warning: Groq: key rejected, check GROQ_API_KEY; answered by Gemini."
    )
    styled = styled_notice(loud)
    assert styled is not None
    assert styled.style == "bold yellow"


def test_own_text_is_told_from_a_model_s() -> None:
    assert not is_own_text(reply())
    assert is_own_text(reply(provider=None))
    assert is_own_text(reply(provider="offline"))
    assert is_own_text(reply(confirmation={"action_requests": []}))
    assert is_own_text(Reply(False, "No model", "ann", "main", "groq"))


def test_missing_keys_are_one_sentence() -> None:
    assert missing_notice([]) == ""
    assert missing_notice(["A"]) == "Warning: A is not set: left out of the chain."
    assert missing_notice(["A", "B"]) == "Warning: A and B are not set: left out of the chain."


def test_tool_call_is_one_line_without_what_was_not_given_and_cannot_steer_the_terminal() -> None:
    call = ToolCall("add_task", {"title": "a\nb  c\x1b", "due": None, "tags": ["home"]})
    assert call_line(call) == "add_task(title='a\\nb c\\x1b', tags=['home'])"
    assert call_line(ToolCall("x\x07", {})) == "x\\x07()"
    assert shown("a\tb\nc\x1b\x9b\x7f\r") == "a\tb\nc\\x1b\\x9b\\x7f\\r"


def test_first_start_without_keys_says_in_three_lines_how_to_get_them() -> None:
    lines = welcome(["GEMINI_API_KEY", "GROQ_API_KEY"], everything_missing=True).split("\n")
    assert len(lines) == 3
    assert all(len(line) <= 80 for line in lines)
    for words in (
        *("only plain commands work", "aistudio.google.com", "console.groq.com"),
        *("config set GEMINI_API_KEY -", "GROQ_API_KEY"),
    ):
        assert words in " ".join(lines)
    assert welcome(["GROQ_API_KEY"], everything_missing=False) == missing_notice(["GROQ_API_KEY"])
    assert "Ctrl-D leaves" in welcome([], everything_missing=False)
