"""A real pooler before the tests' PostgreSQL: pgbouncer, which `.ci/pgbouncer` brings along."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

PROGRAM = shutil.which("pgbouncer")
needs_pooler = pytest.mark.skipif(not PROGRAM, reason="pgbouncer is not on the PATH")
_PORT = 6432
_SETTINGS = """
[databases]
* = {server}

[pgbouncer]
unix_socket_dir = {place}
unix_socket_mode = 0777
listen_port = {port}
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 200
pidfile = {place}/pid
logfile = {place}/log
"""


@contextmanager
def pooler(server: str, mode: str, size: int = 20) -> Iterator[str]:
    """Give the address at which a pooler offers a database.

    Args:
        server: The database's own address.
        mode: `session`, `transaction` or `statement`.
        size: How many connections to the server it has for the database.
    """
    assert PROGRAM is not None
    address = make_url(server)
    where: dict[str, object] = {"host": address.host or address.query["host"]}
    where |= {"user": address.username or "postgres", "port": address.port or 5432}
    with tempfile.TemporaryDirectory(prefix="task-relay-pooler-") as name:
        place, who = Path(name), _who(Path(name))
        text = " ".join(f"{key}={value}" for key, value in where.items())
        settings = _SETTINGS.format(server=text, place=place, port=_PORT, mode=mode, size=size)
        (place / "ini").write_text(settings)
        command = [PROGRAM, "--quiet", str(place / "ini")]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=place, **who)
        try:
            _wait_for(place / f".s.PGSQL.{_PORT}", process)
            yield f"postgresql+psycopg://postgres@/{address.database}?host={place}&port={_PORT}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _who(place: Path) -> dict[str, Any]:
    """Let `nobody` run it where root would: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(place, nobody.pw_uid, nobody.pw_gid)
    place.chmod(0o755)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _wait_for(socket: Path, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 30
    while not socket.exists():
        assert process.poll() is None, (socket.parent / "log").read_text()
        assert time.monotonic() < end
        time.sleep(0.01)
