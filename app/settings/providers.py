"""The providers, one row each: what settings, prices, metrics and `doctor` know of them.

A new provider is one row here, and one file of its name in `app/llm/providers/`, which opens
its client. Nothing else in the program names a provider.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .values import url_with_path, url_without_openai_path, url_without_path

PARTS = ("api_key", "model", "base_url", "max_input_tokens", "limits")
"""What every place in the chain has a setting for: `GROQ_MODEL`, `GROQ2_MODEL`, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider.

    Attributes:
        name: What settings, replies and the ledger call it, in small letters: its settings
            begin with it, and its file in `app/llm/providers/` has it.
        label: What a person reads.
        url: The address of its API, as its client wants it.
        read_url: Reads the setting of another address.
        package: The distribution that brings its client; `doctor` shows its version. The
            module to import is spelt with `_` for `-`.
        extra: The extra of ours that installs the package; None where it always comes along.
            Those that do are the chain where `LLM_CHAIN` is not set.
        model: The model where none is set.
        max_input_tokens: How many tokens of conversation it gets at most where nothing is
            set; None for no bound.
        needs_key: Whether it can be asked with a key alone.
        other_key_name: A second name of the setting that holds its key.
        speaks_for_others: Whether its API is one that others offer too. Then an address of
            one's own is another service: it may need no key, and its prices are unknown.
        price_name: What the package genai-prices calls it; None where calls have no price.
        otel_name: What OpenTelemetry's GenAI conventions call it (`gen_ai.provider.name`).
        quota_zone: Where its day's quota comes back at midnight; None where it rolls.
        quota_counts_output: Whether its token quotas count answers too, which are then
            counted as long as they may get.
    """

    name: str
    label: str
    url: str
    read_url: Callable[[object], str]
    package: str
    extra: str | None
    model: str
    max_input_tokens: int | None
    needs_key: bool = True
    other_key_name: str | None = None
    speaks_for_others: bool = False
    price_name: str | None
    otel_name: str
    quota_zone: str | None
    quota_counts_output: bool

    @property
    def module(self) -> str:
        """Return the module that its package brings."""
        return self.package.replace("-", "_")

    @property
    def install(self) -> str:
        """Return the command that installs its package."""
        what = f'".[{self.extra}]"' if self.extra else "."
        return f"python -m pip install -e {what} -c constraints.txt"


_ROWS = (
    Provider(
        name="gemini",
        label="Gemini",
        url="https://generativelanguage.googleapis.com",
        read_url=url_without_openai_path,
        package="langchain-google-genai",
        extra=None,
        model="gemini-3.5-flash-lite",
        max_input_tokens=None,
        other_key_name="GOOGLE_API_KEY",
        price_name="google",
        otel_name="gcp.gemini",
        quota_zone="America/Los_Angeles",
        quota_counts_output=False,
    ),
    Provider(
        name="groq",
        label="Groq",
        url="https://api.groq.com",
        read_url=url_without_openai_path,
        package="langchain-groq",
        extra=None,
        model="openai/gpt-oss-20b",
        max_input_tokens=5000,  # with tools and answer: its free tier, 8,000 tokens a minute
        price_name="groq",
        otel_name="groq",
        quota_zone=None,
        quota_counts_output=True,
    ),
    Provider(
        name="openai",
        label="OpenAI",
        url="https://api.openai.com/v1",
        read_url=url_with_path,
        package="langchain-openai",
        extra="openai",
        model="gpt-5.4-mini",
        max_input_tokens=None,
        speaks_for_others=True,
        price_name="openai",
        otel_name="openai",
        quota_zone=None,
        quota_counts_output=True,
    ),
    Provider(
        name="anthropic",
        label="Anthropic",
        url="https://api.anthropic.com",
        read_url=url_without_path,
        package="langchain-anthropic",
        extra="anthropic",
        model="claude-haiku-4-5",
        max_input_tokens=None,
        price_name="anthropic",
        otel_name="anthropic",
        quota_zone=None,
        quota_counts_output=True,
    ),
    Provider(
        name="ollama",
        label="Ollama",
        url="http://127.0.0.1:11434",
        read_url=url_without_path,
        package="langchain-ollama",
        extra="ollama",
        model="qwen3:8b",
        max_input_tokens=5000,  # what a machine at home reads in a few seconds
        needs_key=False,
        price_name=None,
        otel_name="ollama",
        quota_zone=None,
        quota_counts_output=True,
    ),
)

PROVIDERS = {row.name: row for row in _ROWS}
"""The rows by name, in the order in which settings are shown."""

ALWAYS_INSTALLED = tuple(row.name for row in _ROWS if row.extra is None)
"""The chain where none is set: the primary one first, then the others in this order."""
