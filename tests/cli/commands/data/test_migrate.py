"""Bring the databases to this version's schema."""

from pathlib import Path

from tests.fakes.inside import Enter


def test_migrate_makes_the_databases_and_says_their_schema(data_dir: Path, enter: Enter) -> None:
    from app.database import HEAD

    for _ in range(2):
        assert enter("migrate").out == f"The databases are at schema {HEAD}.\n"
    assert (data_dir / "tasks.db").exists()
    assert (data_dir / "conversations.db").exists()
