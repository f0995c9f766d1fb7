"""Make tokens by the command, and sign in with them."""

import asyncio
from pathlib import Path

from app.runtime import SignIn
from app.settings import Settings
from tests.fakes.inside import Enter


def test_token_is_shown_once_and_lets_in(enter: Enter, tmp_path: Path) -> None:
    people = tmp_path / "people"
    first = enter("token", "ann", AUTH_TOKENS=str(people))
    second = enter("token", "*", AUTH_TOKENS=str(people))
    assert (first.code, second.code) == (0, 0)
    assert str(people) in first.err
    assert people.stat().st_mode & 0o777 == 0o600
    assert people.read_text().startswith("ann sha256:")
    for made in (first, second):
        assert made.out.strip() not in people.read_text() + made.err
    sign_in = SignIn(Settings(auth_tokens=people))
    assert asyncio.run(sign_in.user_of(f"Bearer {first.out.strip()}")) == "ann"
    assert asyncio.run(sign_in.user_of(f"Bearer {second.out.strip()}")) == "*"


def test_without_a_file_the_line_is_printed(enter: Enter, tmp_path: Path) -> None:
    made = enter("token", "ann")
    token, line = made.out.splitlines()
    assert (made.code, len(token) >= 32) == (0, True)
    assert "AUTH_TOKENS" in made.err
    people = tmp_path / "people"
    people.write_text(line)
    people.chmod(0o600)
    sign_in = SignIn(Settings(auth_tokens=people))
    assert asyncio.run(sign_in.user_of(f"Bearer {token}")) == "ann"


def test_user_or_file_that_can_t_be_used_gets_a_sentence_and_nothing_changes(
    enter: Enter, tmp_path: Path
) -> None:
    people = tmp_path / "people"
    refused = enter("token", "two words", AUTH_TOKENS=str(people))
    assert (refused.code, refused.out, people.exists()) == (2, "", False)
    assert "no spaces" in refused.err
    people.write_text("ann\n")
    people.chmod(0o600)
    refused = enter("token", "bob", AUTH_TOKENS=str(people))
    assert (refused.code, refused.out, people.read_text()) == (2, "", "ann\n")
    assert "line 1" in refused.err
