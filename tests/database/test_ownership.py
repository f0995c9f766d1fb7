"""Stay out of databases that other programs use."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app import DatabaseError, Settings
from app.clock import SystemClock
from app.database import refuse_others_database
from app.runtime import Stores
from tests.postgresql import Databases


@pytest.fixture
def foreign(databases: Databases) -> str:
    """A PostgreSQL database with a table of another program."""
    url = databases.empty()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA shop CREATE TABLE orders (id int)")
    engine.dispose()
    return url


def tables(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        count = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema)'"
        ).scalar_one()
    engine.dispose()
    return int(count)


@pytest.mark.parametrize("part", ["tasks", "conversations", "ledger"])
def test_server_database_of_another_program_is_refused_unless_it_is_meant(
    foreign: str, data_dir: Path, part: str
) -> None:
    loaded = Settings.load({"APP_DATA_DIR": str(data_dir), "DATABASE_URL": foreign}, data_dir)
    stores = Stores(loaded, SystemClock())
    with pytest.raises(DatabaseError, match=r"another program \(orders\) and none of Task Relay"):
        getattr(stores, part)()
    stores.close()
    assert tables(foreign) == 1
    meant = Settings.load({"APP_DATA_DIR": str(data_dir), "APP_DATABASE_URL": foreign}, data_dir)
    stores = Stores(meant, SystemClock())
    getattr(stores, part)()
    stores.close()
    assert tables(foreign) > 1


def test_database_that_is_empty_or_ours_is_taken(databases: Databases, tmp_path: Path) -> None:
    for url in (
        databases.empty(),
        databases.migrated(),
        f"sqlite:///{tmp_path}/missing.db",
        f"sqlite:///{tmp_path}/empty.db",
    ):
        (tmp_path / "empty.db").touch()
        refuse_others_database(url)
    assert not (tmp_path / "missing.db").exists()


def test_file_of_another_program_is_told_from_its_log_too(tmp_path: Path) -> None:
    file = tmp_path / "t.db"
    with closing(sqlite3.connect(file)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE orders (id)")
        made.execute("CREATE TABLE customers (id)")
        with pytest.raises(DatabaseError, match=r"\(orders, customers\)"):
            refuse_others_database(f"sqlite:///{file}")
