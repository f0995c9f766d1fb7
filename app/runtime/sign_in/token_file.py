"""Read and write the file that `AUTH_TOKENS` names: a line `USER TOKEN` for each token.

    # a comment
    ann  sha256:5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5
    ann  a-token-of-ones-own-of-32-characters-or-more
    *    sha256:...            a trusted backend's

No sentence about the file tells anything of a token, nor what stands in a line.
"""

import hashlib
import hmac
import logging
import os
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import InputError, SettingsError
from ...settings import NOBODY, clean_user_id, open_private, private_directory

_log = logging.getLogger("task_relay")

LEAST_LENGTH = 32
"""Characters of a token of one's own: fewer can be guessed."""

_LARGEST = 4 * 1024 * 1024
_HASHED = re.compile(r"sha256:([0-9a-f]{64})", re.IGNORECASE | re.ASCII)
_PLAIN = re.compile(rf"[!-~]{{{LEAST_LENGTH},}}")
_COMMENT = re.compile(r"(^|\s)#.*")


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token: whose it is, and the SHA-256 of it."""

    user: str
    digest: bytes = field(repr=False)


class TokenFile:
    """The people of a file, read again when it changes.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state: tuple[object, tuple[TokenLine, ...] | SettingsError] | None = None

    def lines(self) -> tuple[TokenLine, ...]:
        """Return the lines as they stand in the file now.

        Raises:
            SettingsError: The file can't be used; a change to the file may mend it.
        """
        stamp = _stamp(self.path)
        if self._state is None or self._state[0] != stamp:
            self._read(stamp)
        assert self._state is not None
        lines = self._state[1]
        if isinstance(lines, SettingsError):
            raise lines
        return lines

    def _read(self, stamp: object) -> None:
        again = self._state is not None
        try:
            self._state = _read(self.path)
            if again:
                _log.info("AUTH_TOKENS has changed and was read again")
        except SettingsError as error:
            self._state = stamp, error
            if again:
                _log.error("Nobody is let in until this is mended: %s", error)

    def user_of(self, token: str) -> str | None:
        """Return whose token it is; it takes the same time for each token.

        Raises:
            SettingsError: The file can't be used.
        """
        given, user = _digest(token), None
        for line in self.lines():
            if hmac.compare_digest(line.digest, given):
                user = line.user
        return user


def make_token() -> str:
    """Return a new token that nobody can guess."""
    return secrets.token_urlsafe(32)


def token_line(user: object, token: str) -> str:
    """Return the line of a token for the file; it doesn't tell the token.

    Args:
        user: Whose; `*` for a trusted backend.
        token: The token.

    Raises:
        InputError: The user can't stand in the file.
    """
    return f"{_user(user)} sha256:{_digest(token).hex()}"


def add_token(path: Path, line: str) -> None:
    """Add a line to a file; one that is missing is made with mode 0600.

    Args:
        path: The file.
        line: As `token_line` returns it.

    Raises:
        SettingsError: The file can't be used as it is, or not be written; it stays as it was.
    """
    text = _content(path)[1] if path.exists() else ""
    list(_parsed(path, text))
    start = "\n" if text and not text.endswith("\n") else ""
    try:
        private_directory(path.parent)
        with open(path, "ab", buffering=0, opener=open_private) as file:
            file.write(f"{start}{line}\n".encode())  # one write, so that nobody reads a half
            os.fsync(file.fileno())
    except OSError as error:
        raise SettingsError(
            f"AUTH_TOKENS: {path} can't be written: {error.strerror}. Check its owner and mode."
        ) from None


def _read(path: Path) -> tuple[object, tuple[TokenLine, ...]]:
    """Return a file's lines, and a stamp that is another one after a change."""
    stamp, text = _content(path)
    lines = tuple(_parsed(path, text))
    if not lines:
        raise SettingsError(
            f"AUTH_TOKENS: {path} names nobody. `python -m app token USER` adds somebody."
        )
    return stamp, lines


def _content(path: Path) -> tuple[object, str]:
    """Return a file's stamp and text."""
    reason = ""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SettingsError(f"AUTH_TOKENS: {path} is no file.")
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read(_LARGEST + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        reason = "is missing. `python -m app token USER` makes it"
    except OSError as error:
        reason = f"can't be read: {error.strerror}"
    except UnicodeDecodeError:
        reason = "is no UTF-8 text"
    else:
        if os.name == "posix" and status.st_mode & 0o077:
            reason = f"is open to others. Take that away: chmod 600 {path}"
        elif len(content) > _LARGEST:
            reason = f"is larger than {_LARGEST // 2**20} MB"
    if reason:
        raise SettingsError(f"AUTH_TOKENS: {path} {reason}.")
    return _stamp_of(status), text


def _parsed(path: Path, text: str) -> Iterator[TokenLine]:
    """Yield the lines of a file's text."""
    seen: dict[bytes, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        words = _COMMENT.sub("", line).split()
        if not words:
            continue
        place = f"AUTH_TOKENS: line {number} of {path}"
        if len(words) != 2:
            raise SettingsError(f"{place} must be USER TOKEN, two words.")
        try:
            user, digest = _user(words[0]), _digest_of_word(words[1])
        except (InputError, ValueError) as error:
            raise SettingsError(f"{place}: {error}") from None
        if digest in seen:
            raise SettingsError(f"{place} has the same token as line {seen[digest]}.")
        seen[digest] = number
        yield TokenLine(user, digest)


def _user(given: object) -> str:
    """Return a user of the file.

    Raises:
        InputError: It can't stand there.
    """
    user = clean_user_id(given)
    if user == NOBODY:
        raise InputError(f'"{NOBODY}" stands for nobody, so it can\'t sign in; use another name.')
    if user.startswith("#") or user.split() != [user]:
        raise InputError("A user with a token has no spaces, and no # at the beginning.")
    return user


def _digest_of_word(word: str) -> bytes:
    """Return the SHA-256 that a token's word in the file stands for."""
    if word.lower().startswith("sha256:"):
        hashed = _HASHED.fullmatch(word)
        if hashed is None:
            raise ValueError("after `sha256:` there must be 64 hexadecimal digits.")
        return bytes.fromhex(hashed[1])
    if not _PLAIN.fullmatch(word):
        raise ValueError(
            f"a token of one's own has at least {LEAST_LENGTH} characters, all of them plain ASCII."
        )
    return _digest(word)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _stamp(path: Path) -> object:
    """Return what changes with the file; None where there is none."""
    try:
        return _stamp_of(path.stat())
    except OSError:
        return None


def _stamp_of(status: os.stat_result) -> object:
    return (
        *(status.st_dev, status.st_ino, status.st_size, status.st_mode),
        *(status.st_mtime_ns, status.st_ctime_ns),
    )
