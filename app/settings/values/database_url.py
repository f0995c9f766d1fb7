"""Read the address of a database as people and hosts write it."""

import re
from urllib.parse import parse_qs, unquote

POSTGRESQL = "postgresql+psycopg"
_SQLITE = ("sqlite", "sqlite+pysqlite")
_SERVERS = ("postgresql", "postgres", POSTGRESQL)
_SERVER = re.compile(
    r"(?:(?P<user>[^:/@]*)(?::(?P<password>[^@]*))?@)?"
    r"(?:\[[^\]/?]+\]|[^\[\]:/?@]*)(?::[0-9]{1,5})?/(?P<database>[^?/]+)(?:\?(?P<query>.*))?"
)
"""What follows `://`, as SQLAlchemy splits it."""
_IN_QUERY = re.compile(r"(?:^|&)password=([^&]*)")


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


def passwords_in(url: str) -> tuple[str, ...]:
    """Return the password of a normalised address, as it is written and as it is meant."""
    if not is_postgresql(url):
        return ()
    match = _SERVER.fullmatch(url.partition("://")[2])
    if match is None:
        return ()
    query = match["query"] or ""
    written = [match["password"] or "", *_IN_QUERY.findall(query)]
    written += parse_qs(query).get("password", [])
    return tuple(dict.fromkeys(form for one in written for form in (one, unquote(one)) if form))
