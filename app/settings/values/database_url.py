"""Read the address of a database as people and hosts write it."""

import re
from collections.abc import Collection
from urllib.parse import unquote, unquote_plus

POSTGRESQL = "postgresql+psycopg"
_SQLITE = ("sqlite", "sqlite+pysqlite")
_SERVERS = ("postgresql", "postgres", POSTGRESQL)
_SERVER = re.compile(
    r"(?:(?P<user>[^:/@]*)(?::(?P<password>[^@]*))?@)?"
    r"(?:\[[^\]/?]+\]|[^\[\]:/?@]*)(?::[0-9]{1,5})?/(?P<database>[^?/]+)(?:\?(?P<query>.*))?"
)
"""What follows `://`, as SQLAlchemy splits it."""
_PASSWORD = "password"
_SECRETS = (_PASSWORD, "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
"""What is a secret among PostgreSQL's parameters, which an address has in its query."""


def database_url(value: object) -> str:
    """Read an address: with the driver that we use; the rest stays as it is.

    Raises:
        ValueError: It names neither a SQLite file nor a PostgreSQL database.
    """
    scheme, _, rest = str(value).strip().partition("://")
    scheme = scheme.lower()
    file = rest.removeprefix("/")
    if scheme in _SQLITE and rest.startswith("/") and file and not file.startswith((":", "file:")):
        return f"{scheme}://{rest}"
    if scheme in _SERVERS and _SERVER.fullmatch(rest) and rest.isprintable():
        return f"{POSTGRESQL}://{rest}"
    raise ValueError(
        "sqlite:///FILE (four slashes before an absolute path) or "
        "postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE"
    )


def is_postgresql(url: str) -> bool:
    """Say whether a normalised address is PostgreSQL's."""
    return url.startswith(f"{POSTGRESQL}://")


def passwords_in(url: str, names: Collection[str] = _SECRETS) -> tuple[str, ...]:
    """Return the secrets of a normalised address, as they are written and as they are meant.

    Args:
        url: The address.
        names: The parameters that are secrets; the password before the host counts as one.
    """
    if not is_postgresql(url):
        return ()
    match = _SERVER.fullmatch(url.partition("://")[2])
    if match is None:
        return ()
    pairs = [pair.partition("=") for pair in (match["query"] or "").split("&")]
    written = [match["password"] or "", *(text for name, _, text in pairs if _word(name) in names)]
    meant = [form for one in written for form in (one, unquote(one), unquote_plus(one))]
    return tuple(dict.fromkeys(filter(None, meant)))


def has_password(url: str) -> bool:
    """Say whether a normalised address holds the password that its server asks for."""
    return bool(passwords_in(url, (_PASSWORD,)))


def _word(name: str) -> str:
    return unquote_plus(name).lower()
