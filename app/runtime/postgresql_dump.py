"""Let `pg_dump` copy our part of a PostgreSQL database, with no secret on its command line.

What a command line holds, every user of the machine can list.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..database import driver_options, parameters
from ..errors import DatabaseError
from ..settings import private_file, without_password

_TABLES = ("task_relay_*", "task_relay.*")
"""The program's own parts of PostgreSQL: tables with its prefix, and its schema of checkpoints."""
_SERVICE = "task_relay"


def dump(url: str, target: Path) -> None:
    """Write what pg_dump makes of our tables.

    Args:
        url: Where the database is.
        target: The file to write.

    Raises:
        DatabaseError: pg_dump isn't there or fails, or the driver isn't installed.
    """
    command = shutil.which("pg_dump")
    if command is None:
        raise DatabaseError(
            "pg_dump is not on the PATH. Install PostgreSQL's client programs, or let your "
            "database's host make the backup."
        )
    with tempfile.TemporaryDirectory(prefix="task-relay-") as place:
        address, environment = without_secrets(url, Path(place) / "service")
        done = subprocess.run(
            [
                *(command, "--format=custom", f"--file={target}"),
                *(f"--table={table}" for table in _TABLES),
                f"--dbname={address}",
            ],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise DatabaseError(f"pg_dump failed: {without_password(' '.join(done.stderr.split()))}")


def without_secrets(url: str, file: Path) -> tuple[str, Mapping[str, str]]:
    """Return a connection string that anybody may see, and the environment that completes it.

    The password goes by `PGPASSWORD`, other secrets by a service file. Which words of a connection
    string are secrets, the driver's library knows.

    Args:
        url: The address of a database.
        file: Where the service file is made if one is needed.

    Raises:
        DatabaseError: The driver isn't installed, or the address names a service of its own and
            has a secret besides that no variable takes.
    """
    given, secrets = _parts(url)
    environment: dict[str, str] = {}
    if password := secrets.pop("password", None):
        environment["PGPASSWORD"] = password
    if secrets:
        if "service" in given or "PGSERVICE" in os.environ:
            raise DatabaseError(
                f"APP_DATABASE_URL has {' and '.join(secrets)} beside a service: put it into the "
                "service file, so that it needn't be told to pg_dump."
            )
        private_file(file)
        lines = [f"[{_SERVICE}]", *(f"{name}={value}" for name, value in secrets.items())]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        given["service"] = _SERVICE
        environment["PGSERVICEFILE"] = str(file)
    from psycopg.conninfo import make_conninfo

    return make_conninfo("", **given), environment


def _parts(url: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what an address says, and apart from it the secrets."""
    address, _ = driver_options(url)
    given = parameters(address)
    from psycopg import pq

    words = {option.keyword.decode() for option in pq.Conninfo.get_defaults() if _hidden(option)}
    secrets = {name: str(given.pop(name)) for name in words & set(given)}
    return given, secrets


def _hidden(option: Any) -> bool:
    """Say whether an option is one that a form would hide while it is typed."""
    return bool(option.dispchar == b"*" or option.keyword.startswith(b"scram_"))
