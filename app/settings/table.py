"""Keep every setting in one frozen, validated table.

A value comes, in this order, from the environment, from `.env` in the working directory,
and from `.env` in the data directory; names that are not in the table are ignored and a
blank value counts as none.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from ..errors import SettingsError
from . import operations as ops
from . import sources
from . import values as read
from .database_url import passwords_in
from .operations import Limit, Price
from .places import PARTS, PlaceSettings, provider_of
from .secret import Secret

GEMINI_MODEL = "gemini-3.5-flash-lite"
GROQ_MODEL = "openai/gpt-oss-20b"
OPENAI_MODEL = "gpt-5.4-mini"
ANTHROPIC_MODEL = "claude-haiku-4-5"
OLLAMA_MODEL = "qwen3:8b"
GROQ_MAX_INPUT_TOKENS = 5000
"""Fits Groq's free tier, 8,000 tokens a minute, with tools and answer beside it."""
OLLAMA_MAX_INPUT_TOKENS = 5000
"""What a machine at home reads in a few seconds; Ollama gets a context to match."""


def _setting(
    name: str,
    reader: Callable[[object], Any],
    default: object,
    *,
    also: str | None = None,
    private: bool = False,
) -> Any:
    names = tuple(given for given in (name, also) if given)
    table = {"names": names, "read": reader, "private": private}
    return field(default=default, metadata=table, repr=not private)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Hold what a person may set; build one with `Settings.load()` or by keyword.

    A field that is None after loading has no value, such as a key that was not given.
    `numbered` holds the settings of places like `groq2`, as pairs of name and value, or as
    a mapping: `Settings(llm_chain="groq,groq2", numbered={"GROQ2_API_KEY": "..."})`.

    Raises:
        SettingsError: A value is wrong; the sentence names it and says what is allowed.
    """

    gemini_api_key: Secret | None = _setting(
        "GEMINI_API_KEY", read.secret, None, also="GOOGLE_API_KEY", private=True
    )
    gemini_model: str = _setting("GEMINI_MODEL", read.model_name, GEMINI_MODEL)
    gemini_base_url: str | None = _setting("GEMINI_BASE_URL", read.base_url, None)
    gemini_max_input_tokens: int | None = _setting(
        "GEMINI_MAX_INPUT_TOKENS", read.input_tokens, None
    )
    gemini_limits: tuple[Limit, ...] = _setting("GEMINI_LIMITS", ops.limits, ())
    groq_api_key: Secret | None = _setting("GROQ_API_KEY", read.secret, None, private=True)
    groq_model: str = _setting("GROQ_MODEL", read.model_name, GROQ_MODEL)
    groq_base_url: str | None = _setting("GROQ_BASE_URL", read.base_url, None)
    groq_max_input_tokens: int | None = _setting(
        "GROQ_MAX_INPUT_TOKENS", read.input_tokens, GROQ_MAX_INPUT_TOKENS
    )
    groq_limits: tuple[Limit, ...] = _setting("GROQ_LIMITS", ops.limits, ())
    openai_api_key: Secret | None = _setting("OPENAI_API_KEY", read.secret, None, private=True)
    openai_model: str = _setting("OPENAI_MODEL", read.model_name, OPENAI_MODEL)
    openai_base_url: str | None = _setting("OPENAI_BASE_URL", read.openai_url, None)
    openai_max_input_tokens: int | None = _setting(
        "OPENAI_MAX_INPUT_TOKENS", read.input_tokens, None
    )
    openai_limits: tuple[Limit, ...] = _setting("OPENAI_LIMITS", ops.limits, ())
    anthropic_api_key: Secret | None = _setting(
        "ANTHROPIC_API_KEY", read.secret, None, private=True
    )
    anthropic_model: str = _setting("ANTHROPIC_MODEL", read.model_name, ANTHROPIC_MODEL)
    anthropic_base_url: str | None = _setting("ANTHROPIC_BASE_URL", read.native_url, None)
    anthropic_max_input_tokens: int | None = _setting(
        "ANTHROPIC_MAX_INPUT_TOKENS", read.input_tokens, None
    )
    anthropic_limits: tuple[Limit, ...] = _setting("ANTHROPIC_LIMITS", ops.limits, ())
    ollama_api_key: Secret | None = _setting("OLLAMA_API_KEY", read.secret, None, private=True)
    ollama_model: str = _setting("OLLAMA_MODEL", read.model_name, OLLAMA_MODEL)
    ollama_base_url: str | None = _setting("OLLAMA_BASE_URL", read.native_url, None)
    ollama_max_input_tokens: int | None = _setting(
        "OLLAMA_MAX_INPUT_TOKENS", read.input_tokens, OLLAMA_MAX_INPUT_TOKENS
    )
    ollama_limits: tuple[Limit, ...] = _setting("OLLAMA_LIMITS", ops.limits, ())
    numbered: tuple[tuple[str, Any], ...] = field(default=(), metadata={"names": ()}, repr=False)
    llm_chain: tuple[str, ...] = _setting("LLM_CHAIN", read.chain, None)
    primary_llm: str = _setting("PRIMARY_LLM", read.provider, "gemini")
    model_timeout: float = _setting("MODEL_TIMEOUT", read.seconds, 30.0)
    turn_timeout: float = _setting("TURN_TIMEOUT", read.seconds, 60.0)
    connect_timeout: float = _setting("CONNECT_TIMEOUT", read.seconds, 5.0)
    first_token_timeout: float = _setting("FIRST_TOKEN_TIMEOUT", read.seconds, 10.0)
    stall_timeout: float = _setting("STALL_TIMEOUT", read.seconds, 10.0)
    retry_in_place: int = _setting("RETRY_IN_PLACE", read.retries, 0)
    retry_max_wait: float = _setting("RETRY_MAX_WAIT", read.seconds, 2.0)
    failover_on: tuple[str, ...] = _setting("FAILOVER_ON", read.failover_kinds, read.FAILOVER_KINDS)
    max_output_tokens: int = _setting("MAX_OUTPUT_TOKENS", read.output_tokens, 1024)
    confirm_from: int = _setting("CONFIRM_FROM", read.task_count, 3)
    history_window: int = _setting("HISTORY_WINDOW", read.exchanges, 10)
    keep_checkpoints: int = _setting("KEEP_CHECKPOINTS", read.checkpoints, 5)
    keep_transcript_days: int = _setting("KEEP_TRANSCRIPT_DAYS", read.days, 0)
    keep_ledger_days: int = _setting("KEEP_LEDGER_DAYS", read.days, 90)
    llm_prices: tuple[tuple[str, Price], ...] = _setting("LLM_PRICES", ops.prices, ())
    alert_webhook_url: Secret | None = _setting(
        "ALERT_WEBHOOK_URL", ops.webhook, None, private=True
    )
    alert_every: float = _setting("ALERT_EVERY", ops.pause, 600.0)
    offline_fallback: bool = _setting("OFFLINE_FALLBACK", read.switch, True)
    data_dir: Path = _setting("APP_DATA_DIR", read.path, None)
    database_url: str = _setting(
        "APP_DATABASE_URL", read.database_url, None, also="DATABASE_URL", private=True
    )
    user: str = _setting("APP_USER", read.user, "local")
    timezone: str = _setting("APP_TIMEZONE", read.zone_name, None)
    date_order: str = _setting("APP_DATE_ORDER", read.date_order, read.MONTH_FIRST)
    log_level: str = _setting("LOG_LEVEL", read.log_level, "INFO")
    log_file: Path = _setting("LOG_FILE", read.path, None)
    log_format: str = _setting("LOG_FORMAT", ops.log_format, ops.HUMAN)

    def __post_init__(self) -> None:
        for entry in dataclasses.fields(self):
            value = getattr(self, entry.name)
            if value is not None and entry.metadata["names"]:
                self._set(entry.name, read_setting(entry, entry.metadata["names"][0], value))
        numbered = dict(self.numbered)
        self._set(
            "numbered", tuple((n, read_setting(entry_of(n), n, v)) for n, v in numbered.items())
        )
        if self.llm_chain is None:
            others = [name for name in ("gemini", "groq") if name != self.primary_llm]
            self._set("llm_chain", (self.primary_llm, *others))
        if self.data_dir is None:
            self._set("data_dir", sources.default_data_dir())
        if self.database_url is None:
            self._set("database_url", f"sqlite:///{(self.data_dir / 'tasks.db').as_posix()}")
        if self.timezone is None:
            self._set("timezone", sources.machine_timezone())
        if self.log_file is None:
            self._set("log_file", self.data_dir / "logs" / "app.log")

    @classmethod
    def load(
        cls, environment: Mapping[str, str] | None = None, directory: Path | None = None
    ) -> Self:
        """Read the settings of this process.

        Args:
            environment: Variables by name; the process's own when None.
            directory: Where the first `.env` is looked for; the working directory when None.

        Raises:
            SettingsError: A value is wrong, or a `.env` can't be read.
        """
        layers = [layer.values for layer in sources.layers(environment, directory)]
        found: dict[str, Any] = {}
        for entry in dataclasses.fields(cls):
            for name in entry.metadata["names"]:
                value = sources.first(layers, name)
                if value is not None and entry.name not in found:
                    found[entry.name] = read_setting(entry, name, value)
        places = [name for name in found.get("llm_chain", ()) if name != provider_of(name)]
        names = [f"{place}_{part}".upper() for place in places for part in PARTS]
        values = [(name, sources.first(layers, name)) for name in names]
        found["numbered"] = {name: value for name, value in values if value is not None}
        return cls(**found)

    @property
    def places(self) -> tuple[PlaceSettings, ...]:
        """Return the places of the chain, in order; `groq2` has `groq`'s values but its own key."""
        return tuple(self._place(name) for name in self.llm_chain)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return keys and passwords in clear text, for the redaction of logs and errors."""
        values = [getattr(self, entry.name) for entry in dataclasses.fields(self)]
        values += [value for _, value in self.numbered]
        keys = tuple(value.reveal() for value in values if isinstance(value, Secret))
        return keys + passwords_in(self.database_url)

    def _place(self, name: str) -> PlaceSettings:
        provider = provider_of(name) or name
        values = {part: getattr(self, f"{provider}_{part}") for part in PARTS}
        if name != provider:
            own = dict(self.numbered)
            values["api_key"] = None
            values |= {
                part: own[variable]
                for part in PARTS
                if (variable := f"{name}_{part}".upper()) in own
            }
        return PlaceSettings(name=name, provider=provider, **values)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


def read_setting(entry: "dataclasses.Field[Any]", name: str, value: object) -> Any:
    """Return what the value of an entry means.

    Raises:
        SettingsError: It is wrong; the sentence names it and says what is allowed.
    """
    try:
        return entry.metadata["read"](value)
    except ValueError as error:
        shown = "has a value that can't be used (not shown)"
        if not entry.metadata["private"]:
            shown = f'is "{value}"'
        raise SettingsError(f"{name} {shown}, but must be {error}.") from None


def entry_of(variable: str) -> "dataclasses.Field[Any]":
    """Return the entry that a name belongs to; `GROQ2_MODEL` is read like `GROQ_MODEL`.

    Raises:
        SettingsError: There is no such setting.
    """
    fields = {entry.name: entry for entry in dataclasses.fields(Settings)}
    for entry in fields.values():
        if variable in entry.metadata["names"]:
            return entry
    place, _, part = variable.lower().partition("_")
    base = fields.get(f"{provider_of(place)}_{part}")
    if base is None or place == provider_of(place) or part not in PARTS:
        raise SettingsError(f"{variable} is no setting, nor one of a numbered place such as groq2.")
    return base
