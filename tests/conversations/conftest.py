from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from app.database import metadata


@pytest.fixture
def memory() -> Iterator[Engine]:
    """An empty store in memory, of this thread alone, for the rules of the transcript."""
    opened = create_engine("sqlite://")
    metadata.create_all(opened)
    yield opened
    opened.dispose()
