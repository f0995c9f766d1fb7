import pytest

from app.telemetry import redact


@pytest.mark.parametrize(
    "secret",
    [
        "AIzaSyA-1234567890abcdefghijklmnopqrstu",
        "gsk_abcdefABCDEF0123456789",
        "sk-proj-abcdefghijk",
        "org_01hzyx9abcdef",
    ],
)
def test_things_that_look_like_keys_or_ids_are_taken_out(secret: str) -> None:
    assert redact(f"Key {secret}, used in vain.") == "Key [redacted], used in vain."


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Consumer 'api_key:WHAT-EVER' x", "Consumer 'api_key:[redacted]' x"),
        ("in projects/123456, y", "in projects/[redacted], y"),
        ("Authorization: Bearer abc.def-1", "Authorization: Bearer [redacted]"),
        ("GET /v1?key=abc&alt=sse", "GET /v1?key=[redacted]&alt=sse"),
        ("postgresql://me:pass@host/db", "postgresql://[redacted]@host/db"),
        ("not used in project 123456789 before", "not used in project [redacted] before"),
        ("at https://h/overview?project=123", "at https://h/overview?project=[redacted]"),
        ("by user_01hzyx9abcdef of Groq", "by [redacted] of Groq"),
        ("for user user_2abCDefGHij and user_name", "for user user_2abCDefGHij and user_name"),
        ("organize user tasks per minute", "organize user tasks per minute"),
    ],
)
def test_what_stands_behind_a_label_is_taken_out(text: str, clean: str) -> None:
    assert redact(text) == clean


def test_keys_in_use_are_taken_out_wherever_they_stand() -> None:
    assert redact("xMYKEYx", ["MYKEY"]) == "x[redacted]x"
