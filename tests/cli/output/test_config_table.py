"""Draw settings as a table, wide and narrow."""

from app.cli.output.config_table import settings_table
from app.cli.output.tables import render
from app.settings import DEFAULT, ENVIRONMENT, Origin

SETTINGS = [
    Origin("APP_USER", "ann", ENVIRONMENT, "APP_USER"),
    Origin("GEMINI_API_KEY", "AIza...", "/data/.env", "GOOGLE_API_KEY"),
    Origin("TURN_TIMEOUT", "soon\x1b[2J", ENVIRONMENT, "TURN_TIMEOUT", "must be a number"),
    Origin("ALERT_WEBHOOK_URL", "", DEFAULT),
    Origin("LOG_LEVEL", "info", DEFAULT),
]


def drawn(width: int, colours: bool = False) -> list[str]:
    return render(settings_table(SETTINGS, width), width=width, colours=colours).splitlines()


def test_wide_screen_has_a_line_for_each_setting() -> None:
    assert [" ".join(line.split()) for line in drawn(100)] == [
        "Setting Value From",
        "APP_USER ann environment",
        "GEMINI_API_KEY AIza... GOOGLE_API_KEY, /data/.env",
        "TURN_TIMEOUT soon\\x1b[2J (wrong) environment",
        "ALERT_WEBHOOK_URL not set default",
        "LOG_LEVEL info default",
    ]


def test_narrow_screen_has_value_and_source_below_the_name() -> None:
    assert drawn(40) == [
        "Setting",
        *("APP_USER", "  ann", "  environment"),
        *("GEMINI_API_KEY", "  AIza...", "  GOOGLE_API_KEY, /data/.env"),
        *("TURN_TIMEOUT", "  soon\\x1b[2J (wrong)", "  environment"),
        *("ALERT_WEBHOOK_URL", "  not set", "  default"),
        *("LOG_LEVEL", "  info", "  default"),
    ]


def test_colour_says_what_was_set_where_and_what_is_wrong() -> None:
    head, user, key, wrong, unset, default = drawn(100, colours=True)
    bold, dim, red, green, cyan = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[36m"
    assert bold in head
    assert f"{bold}APP_USER" in user
    assert f"{green}environment" in user
    assert f"{cyan}GOOGLE_API_KEY, /data/.env" in key
    assert f"{red}soon\\x1b[2J (wrong)" in wrong
    assert f"{dim}not set" in unset
    assert bold not in default
    assert f"{dim}default" in default
