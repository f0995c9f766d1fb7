"""Let pg_dump copy a database without telling a secret to everybody at the machine."""

import json
import sys
from pathlib import Path

import pytest

from app import DatabaseError
from app.runtime.postgresql_dump import dump

WRITES_DOWN = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
place = Path(sys.argv[0]).parent
service = os.environ.get("PGSERVICEFILE")
told = {{"arguments": sys.argv[1:], "password": os.environ.get("PGPASSWORD")}}
told["service"] = Path(service).read_text() if service else None
told["mode"] = os.stat(service).st_mode & 0o777 if service else None
(place / "told.json").write_text(json.dumps(told))
print("pg_dump: error: it fails", file=sys.stderr)
sys.exit(os.environ.get("FAILS", "0") == "1")
"""
"""A program in the place of pg_dump that keeps what all could list, and what only we could."""


@pytest.fixture
def pg_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text(WRITES_DOWN)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.delenv("PGPASSWORD", raising=False)
    return program.parent / "told.json"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:geh%40eim@h:5432/db",
        "postgresql+psycopg://me@h/db?password=geh%40eim",
        "postgresql+psycopg://me:other@h/db?password=geh%40eim",
        "postgresql+psycopg://me@h/db?p%61ssword=geh%40eim",
        "postgresql+psycopg:///db?user=me&password=geh%40eim&host=/run/postgresql",
        "postgresql+psycopg://me:geh%40eim@/db?host=one:5432&host=two:5433",
    ],
)
def test_password_is_no_argument_however_it_is_written(
    pg_dump: Path, tmp_path: Path, url: str
) -> None:
    dump(url, tmp_path / "b.dump")
    told = json.loads(pg_dump.read_text())
    assert "eim" not in " ".join(told["arguments"])
    assert "other" not in " ".join(told["arguments"])
    assert "dbname=db" in told["arguments"][-1]
    assert told["password"] == "geh@eim"


def test_other_secrets_go_by_a_file_that_is_gone_afterwards(pg_dump: Path, tmp_path: Path) -> None:
    url = "postgresql+psycopg://me@h/db?sslkey=/k&sslpassword=geh%20eim&passfile=/home/me/p"
    dump(url, tmp_path / "b.dump")
    told = json.loads(pg_dump.read_text())
    shown = " ".join(told["arguments"])
    assert ("eim" in shown, "sslkey=/k" in shown, "passfile=/home/me/p" in shown) == (
        *(False, True, True),
    )
    assert told["service"] == "[task_relay]\nsslpassword=geh eim\n"
    assert told["mode"] == 0o600
    assert told["password"] is None
    with pytest.raises(DatabaseError, match="has sslpassword beside a service"):
        dump(f"{url}&service=work", tmp_path / "b.dump")


def test_failure_is_told_in_its_words(
    pg_dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAILS", "1")
    with pytest.raises(DatabaseError, match="pg_dump failed: pg_dump: error: it fails"):
        dump("postgresql+psycopg://me:geheim@h/db", tmp_path / "b.dump")
