"""Hold each provider's row against what belongs to it elsewhere."""

import tomllib
from importlib.metadata import version

import pytest
from genai_prices.data_snapshot import get_snapshot

from app.llm.providers import ProviderAdapter, installed_places
from app.settings import PROVIDERS, Provider, Settings
from tests.conftest import ROOT
from tests.llm.providers.servers import SERVERS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OTEL_NAMES = {"gcp.gemini", "groq", "openai", "anthropic"}
"""Of the well-known values of `gen_ai.provider.name`; who is none of them has its own name."""
ROWS = pytest.mark.parametrize("row", PROVIDERS.values(), ids=list(PROVIDERS))


@ROWS
def test_provider_has_a_file_that_gives_its_adapter(row: Provider) -> None:
    (place,) = installed_places(Settings(llm_chain=row.name))
    assert isinstance(place.adapter, ProviderAdapter)
    assert (ROOT / "app" / "llm" / "providers" / f"{row.name}.py").exists()


@ROWS
def test_its_package_is_a_dependency_or_comes_with_its_extra(row: Provider) -> None:
    lines = PROJECT["dependencies"]
    if row.extra is not None:
        lines = PROJECT["optional-dependencies"][row.extra]
    assert any(line.startswith(f"{row.package}>=") for line in lines)
    assert version(row.package)


@ROWS
def test_its_prices_are_known_and_its_name_is_opentelemetrys(row: Provider) -> None:
    known = {provider.id for provider in get_snapshot().providers}
    assert row.price_name is None or row.price_name in known
    assert row.otel_name in OTEL_NAMES or row.otel_name == row.name


def test_each_provider_has_a_server_in_the_tests() -> None:
    assert list(SERVERS) == list(PROVIDERS)


def test_providers_that_always_come_along_are_the_chain_where_none_is_set() -> None:
    assert Settings().llm_chain == ("gemini", "groq")
    assert all(PROVIDERS[name].extra is None for name in Settings().llm_chain)
