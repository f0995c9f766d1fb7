from zoneinfo import ZoneInfo

import pytest

from app.tasks import Owner


@pytest.fixture
def ann() -> Owner:
    return Owner("ann", ZoneInfo("America/New_York"))


@pytest.fixture
def bob() -> Owner:
    return Owner("bob", ZoneInfo("America/New_York"))
