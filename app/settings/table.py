"""Keep every setting in one frozen, validated table.

A value comes, in this order, from the environment, from `.env` in the working directory,
and from `.env` in the data directory; names that are not in the table are ignored and a
blank value counts as none. What of the second one doesn't count is decided in `resolution.py`.
"""

import dataclasses
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..errors import SettingsError
from . import sources
from .failure_kinds import GOES_OVER, FailureKind
from .fields import Given, ProviderFields, general_setting, setting, setting_of_group
from .places import PlaceSettings, is_numbered, places, provider_of
from .providers import ALWAYS_INSTALLED, PARTS
from .resolution import Resolution, Value
from .secret import Secret
from .sources import ENVIRONMENT
from .values import (
    DAY_FIRST,
    HUMAN,
    JSON,
    LOG_LEVELS,
    MONTH_FIRST,
    Limit,
    Price,
    key_set_url,
    one_line,
    one_of,
    origins,
    passwords_in,
    path,
    prices,
    seconds,
    some_of,
    switch,
    user_id,
    webhook,
    whole_number,
    zone_name,
)
from .values import database_url as read_url

_SERVERS = ("langgraph_api", "aegra_api")
_ROW: Any = None
_NONE: Any = ()
_time_limit = seconds(most=3600)
_days = whole_number(0, 99_999, "a whole number of days, 0 to keep all")

_sign_in = partial(setting_of_group, "AUTH_")
Key = Given[str | Secret | None, Secret | None]
Limits = Given[str | tuple[Limit, ...], tuple[Limit, ...]]
Words = Given[str | Iterable[str], tuple[str, ...]]
File = Given[str | Path, Path]
MaybeFile = Given[str | Path | None, Path | None]
Numbered = Given[Mapping[str, Any] | Iterable[tuple[str, Any]], tuple[tuple[str, Any], ...]]
Prices = Given[
    str | Mapping[str, Price] | tuple[tuple[str, Price], ...], tuple[tuple[str, Price], ...]
]


@dataclass(frozen=True, kw_only=True)
class Settings(ProviderFields):
    """Hold what a person may set; build one with `Settings.load()` or by keyword.

    A field that is None after loading has no value, such as a key that was not given.
    `numbered` holds the settings of places like `groq2`, as pairs of name and value, or as
    a mapping: `Settings(llm_chain="groq,groq2", numbered={"GROQ2_API_KEY": "..."})`.
    `database_meant` says whether the database was named for this program, so that tables of others
    in it are no mistake. `sign_in_doubt` says why a server must not start, though nobody signs in:
    a strange `.env` wants that in a way that can't be used. `notes` say what such a file set, and
    what of it was left out.

    Raises:
        SettingsError: A value is wrong; the sentence names it and says what is allowed.
    """

    if TYPE_CHECKING:  # what the providers' rows bring; a test names the lines that are missing
        gemini_api_key: Key = _ROW
        gemini_model: str = _ROW
        gemini_base_url: str | None = _ROW
        gemini_max_input_tokens: int | None = _ROW
        gemini_limits: Limits = _ROW
        groq_api_key: Key = _ROW
        groq_model: str = _ROW
        groq_base_url: str | None = _ROW
        groq_max_input_tokens: int | None = _ROW
        groq_limits: Limits = _ROW
        openai_api_key: Key = _ROW
        openai_model: str = _ROW
        openai_base_url: str | None = _ROW
        openai_max_input_tokens: int | None = _ROW
        openai_limits: Limits = _ROW
        anthropic_api_key: Key = _ROW
        anthropic_model: str = _ROW
        anthropic_base_url: str | None = _ROW
        anthropic_max_input_tokens: int | None = _ROW
        anthropic_limits: Limits = _ROW
        ollama_api_key: Key = _ROW
        ollama_model: str = _ROW
        ollama_base_url: str | None = _ROW
        ollama_max_input_tokens: int | None = _ROW
        ollama_limits: Limits = _ROW

    numbered: Numbered = field(default=_NONE, metadata={"names": ()}, repr=False)
    llm_chain: Words = setting("LLM_CHAIN", places, None)
    primary_llm: str = setting("PRIMARY_LLM", one_of(*ALWAYS_INSTALLED), ALWAYS_INSTALLED[0])
    model_timeout: float = setting("MODEL_TIMEOUT", _time_limit, 30.0, common=True)
    turn_timeout: float = setting("TURN_TIMEOUT", _time_limit, 60.0)
    connect_timeout: float = setting("CONNECT_TIMEOUT", _time_limit, 5.0, common=True)
    first_token_timeout: float = setting("FIRST_TOKEN_TIMEOUT", _time_limit, 10.0)
    stall_timeout: float = setting("STALL_TIMEOUT", _time_limit, 10.0)
    retry_in_place: int = setting("RETRY_IN_PLACE", whole_number(0, 5), 0)
    retry_max_wait: float = setting("RETRY_MAX_WAIT", _time_limit, 2.0, common=True)
    failover_on: Words = setting("FAILOVER_ON", some_of(tuple(FailureKind)), GOES_OVER)
    max_output_tokens: int = setting(
        "MAX_OUTPUT_TOKENS", whole_number(1, 65_536), 1024, common=True
    )
    max_message_chars: int = setting("MAX_MESSAGE_CHARS", whole_number(100, 10_000_000), 32_000)
    max_attachment_bytes: int = setting(
        "MAX_ATTACHMENT_BYTES", whole_number(0, 1_000_000_000), 10_000_000
    )
    confirm_from: int = setting("CONFIRM_FROM", whole_number(0, 9999), 3)
    history_window: int = setting("HISTORY_WINDOW", whole_number(1, 9999), 10, common=True)
    keep_checkpoints: int = setting("KEEP_CHECKPOINTS", whole_number(1, 9999), 5)
    keep_transcript_days: int = setting("KEEP_TRANSCRIPT_DAYS", _days, 0)
    keep_ledger_days: int = setting("KEEP_LEDGER_DAYS", _days, 90)
    llm_prices: Prices = setting("LLM_PRICES", prices, ())
    alert_webhook_url: Key = general_setting("ALERT_WEBHOOK_URL", webhook, None, private=True)
    alert_every: float = setting("ALERT_EVERY", seconds(least=1, most=86_400), 600.0)
    offline_fallback: bool = setting("OFFLINE_FALLBACK", switch, True)
    data_dir: File = setting("APP_DATA_DIR", path, None)
    database_url: str = setting(
        "APP_DATABASE_URL",
        read_url,
        None,
        other_name="DATABASE_URL",
        general=("DATABASE_URL",),
        private=True,
    )
    user: str = setting("APP_USER", user_id, "local")
    timezone: str = setting("APP_TIMEZONE", zone_name, None)
    auth_tokens: MaybeFile = _sign_in("TOKENS", path, None)
    auth_jwks_url: str | None = _sign_in("JWKS_URL", key_set_url, None)
    auth_issuer: str | None = _sign_in("ISSUER", one_line, None)
    auth_audience: str | None = _sign_in("AUDIENCE", one_line, None)
    auth_user_claim: str = _sign_in("USER_CLAIM", one_line, "sub")
    cors_origins: Words = general_setting("CORS_ORIGINS", origins, ())
    date_order: str = setting("APP_DATE_ORDER", one_of(MONTH_FIRST, DAY_FIRST), MONTH_FIRST)
    log_level: str = general_setting("LOG_LEVEL", one_of(*LOG_LEVELS), "INFO")
    log_file: File = general_setting("LOG_FILE", path, None)
    log_format: str = general_setting("LOG_FORMAT", one_of(HUMAN, JSON), HUMAN)
    sign_in_doubt: str = field(default="", metadata={"names": ()}, repr=False)
    database_meant: bool = field(default=True, metadata={"names": ()}, repr=False)
    notes: tuple[str, ...] = field(default=(), metadata={"names": ()}, repr=False, compare=False)

    def __post_init__(self) -> None:
        for known in dataclasses.fields(self):
            value = getattr(self, known.name)
            if value is not None and known.metadata["names"]:
                self._set(known.name, read_setting(known, known.metadata["names"][0], value))
        numbered = dict(self.numbered)
        self._set(
            "numbered",
            tuple(
                (name, None if value is None else read_setting(field_of(name), name, value))
                for name, value in numbered.items()
            ),
        )
        if self.llm_chain is None:
            others = [name for name in ALWAYS_INSTALLED if name != self.primary_llm]
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
        found = Resolution(sources.layers(environment, directory), field_of)
        given: dict[str, Any] = {}
        for known in dataclasses.fields(cls):
            names = known.metadata["names"]
            if names and (value := found.find(names)) is not None:
                given[known.name] = read_setting(known, value.name, value.text)
                if known.name == "database_url":
                    given["database_meant"] = _is_meant(value, known)
        given["sign_in_doubt"] = found.doubt("AUTH_")
        given["numbered"] = dict(found.numbered(given.get("llm_chain", ())))
        loaded = cls(**given)
        loaded._set("notes", found.notes(loaded.llm_chain))
        return loaded

    @property
    def places(self) -> tuple[PlaceSettings, ...]:
        """Return the places of the chain, in order; `groq2` has `groq`'s values but its own key."""
        return tuple(self._place(name) for name in self.llm_chain)

    @property
    def people_sign_in(self) -> bool:
        """Say whether people sign in at a server, as far as the settings tell."""
        provider = self.auth_jwks_url or self.auth_issuer or self.auth_audience
        return bool(self.auth_tokens or provider or self.sign_in_doubt)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return keys and passwords in clear text, for the redaction of logs and errors."""
        values = [getattr(self, known.name) for known in dataclasses.fields(self)]
        values += [value for _, value in self.numbered]
        keys = tuple(value.reveal() for value in values if isinstance(value, Secret))
        return keys + passwords_in(self.database_url)

    def _place(self, name: str) -> PlaceSettings:
        provider = provider_of(name)
        assert provider is not None, "the reader of LLM_CHAIN lets known names through alone"
        values = {part: getattr(self, f"{provider.name}_{part}") for part in PARTS}
        if is_numbered(name):
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


def _is_meant(database: Value, known: "dataclasses.Field[Any]") -> bool:
    """Say whether a database was named for us; `DATABASE_URL` in the environment may not be.

    A server's environment is the server's own: whoever serves the graph gave it the address.
    """
    general = database.name in known.metadata["general"] and database.layer.place == ENVIRONMENT
    return not general or any(server in sys.modules for server in _SERVERS)


def read_setting(known: "dataclasses.Field[Any]", name: str, value: object) -> Any:
    """Return what a value means.

    Args:
        known: The field of the table that it is for.
        name: The name under which it was given.
        value: What was given.

    Raises:
        SettingsError: It is wrong; the sentence names it and says what is allowed.
    """
    try:
        return known.metadata["read"](value)
    except ValueError as error:
        shown = "has a value that can't be used (not shown)"
        if not known.metadata["private"]:
            shown = f'is "{value}"'
        raise SettingsError(f"{name} {shown}, but must be {error}.") from None


def field_of(variable: str) -> "dataclasses.Field[Any]":
    """Return the field that a name belongs to; `GROQ2_MODEL` is read like `GROQ_MODEL`.

    Raises:
        SettingsError: There is no such setting.
    """
    fields = {known.name: known for known in dataclasses.fields(Settings)}
    for known in fields.values():
        if variable in known.metadata["names"]:
            return known
    place, _, part = variable.lower().partition("_")
    provider = provider_of(place)
    if provider is None or not is_numbered(place) or part not in PARTS:
        raise SettingsError(f"{variable} is no setting, nor one of a numbered place such as groq2.")
    return fields[f"{provider.name}_{part}"]
