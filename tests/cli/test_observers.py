"""Notice profilers, tracers and monitoring tools."""

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from app.cli.observers import is_observed


@pytest.fixture(autouse=True)
def unobserved(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take away what watches the tests themselves, and put it back."""
    profile, trace = sys.getprofile(), sys.gettrace()
    sys.setprofile(None)
    sys.settrace(None)
    monkeypatch.delattr(sys, "monitoring", raising=False)
    yield
    sys.setprofile(profile)
    sys.settrace(trace)


def watch(*event: object) -> None:
    """Do nothing with what is seen."""


def test_nobody_watches() -> None:
    assert not is_observed()


def test_profiler_and_tracer_are_noticed() -> None:
    sys.setprofile(watch)
    assert is_observed()
    sys.setprofile(None)
    sys.settrace(watch)
    assert is_observed()


@pytest.mark.parametrize("number", [0, 1, 5])
def test_tool_of_python_3_12_and_later_is_noticed(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    tools: dict[int, str] = {}
    monkeypatch.setattr(sys, "monitoring", SimpleNamespace(get_tool=tools.get), raising=False)
    assert not is_observed()
    tools[number] = "coverage"
    assert is_observed()
