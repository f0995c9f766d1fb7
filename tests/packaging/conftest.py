"""Build the wheels once a session."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.conftest import ROOT
from tests.packaging.environment import SecondEnvironment


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Build a wheel: `standard`, or `editable` as pip asks for it with `-e`."""

    def built(version: str) -> Path:
        place = tmp_path_factory.mktemp("wheel")
        (path,) = WheelBuilder(os.fspath(ROOT)).build(directory=str(place), versions=[version])
        return Path(path)

    return built


@pytest.fixture
def environment(tmp_path: Path) -> SecondEnvironment:
    """A second virtual environment, without our package."""
    return SecondEnvironment(tmp_path)
