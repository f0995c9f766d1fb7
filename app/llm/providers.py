"""Know the providers: how to open a client of each, and what history it takes.

A new provider is one more function and one more row here. Clients never retry and keep no
time limits of their own: the chain and its guards do both.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from app.llm.breaker import BreakerKeys
from app.llm.history import for_gemini, for_groq
from app.llm.kinds import Kind, Verdict
from app.secret import Secret
from app.settings import Settings

GEMINI_URL = "https://generativelanguage.googleapis.com"
GROQ_URL = "https://api.groq.com"


@dataclass(frozen=True, slots=True)
class Client:
    """An open chat model, and how to close its connections."""

    model: BaseChatModel
    close: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the chain: which model, how to open it, what history it takes.

    `key` is None where the person gave none; such an entry is left out of the chain.
    """

    provider: str
    model: str
    key: Secret | None
    key_name: str
    open: Callable[[], Client]
    shape: Callable[[Sequence[BaseMessage]], list[BaseMessage]]
    base_url: str
    max_input_tokens: int | None
    quota_zone: str | None = None

    @property
    def breakers(self) -> BreakerKeys:
        """Return the names of its breakers, which hold no more of the key than a fingerprint."""
        key = self.key.reveal() if self.key else ""
        mark = hashlib.sha256(f"task-relay {key}".encode()).hexdigest()[:16]
        head = f"{self.provider} {self.base_url}"
        return BreakerKeys(model=f"{head} {self.model} {mark}", key=f"{head} * {mark}")

    def wait(self, verdict: Verdict, now: datetime) -> float | None:
        """Return the seconds until the model may be of use again, where that is known.

        A day's quota of Gemini comes back at midnight Pacific, whatever shorter wait the
        answer states (Gemini API rate limits page); Groq's windows roll, so its word holds.
        """
        if verdict.kind is Kind.QUOTA_DAILY and self.quota_zone and not verdict.sticky:
            local = now.astimezone(ZoneInfo(self.quota_zone))
            midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
            return (midnight - now).total_seconds()
        return verdict.retry_after


def entries(settings: Settings) -> list[Entry]:
    """Return the providers in the order in which they are asked, with or without a key."""
    known = [_gemini(settings), _groq(settings)]
    return sorted(known, key=lambda entry: entry.provider != settings.primary_llm)


def _gemini(settings: Settings) -> Entry:
    def open_client() -> Client:
        from langchain_google_genai import ChatGoogleGenerativeAI

        model = ChatGoogleGenerativeAI(
            model=settings.gemini_model,
            google_api_key=_reveal(settings.gemini_api_key),
            base_url=settings.gemini_base_url or GEMINI_URL,
            vertexai=False,
            max_retries=1,  # counts attempts; 0 would mean the default of six
            max_output_tokens=settings.max_output_tokens,
            client_args={"event_hooks": {"request": [_connect_limit(settings)]}},
        )
        return Client(model, model.aclose)

    return Entry(
        provider="gemini",
        model=settings.gemini_model,
        key=settings.gemini_api_key,
        key_name="GEMINI_API_KEY",
        open=open_client,
        shape=for_gemini,
        base_url=settings.gemini_base_url or GEMINI_URL,
        max_input_tokens=settings.gemini_max_input_tokens,
        quota_zone="America/Los_Angeles",
    )


def _groq(settings: Settings) -> Entry:
    def open_client() -> Client:
        import httpx
        from langchain_groq import ChatGroq

        hooks = {"request": [_connect_limit(settings)]}
        http = httpx.AsyncClient(timeout=None, event_hooks=hooks)
        more: dict[str, Any] = {}
        if settings.groq_model.startswith("openai/gpt-oss"):
            more["reasoning_effort"] = "low"  # else thinking eats the output tokens
        model = ChatGroq(
            model=settings.groq_model,
            api_key=_reveal(settings.groq_api_key),
            base_url=settings.groq_base_url or GROQ_URL,
            max_retries=0,
            max_tokens=settings.max_output_tokens,
            http_async_client=http,
            **more,
        )
        return Client(model, http.aclose)

    return Entry(
        provider="groq",
        model=settings.groq_model,
        key=settings.groq_api_key,
        key_name="GROQ_API_KEY",
        open=open_client,
        shape=for_groq,
        base_url=settings.groq_base_url or GROQ_URL,
        max_input_tokens=settings.groq_max_input_tokens,
    )


def _connect_limit(settings: Settings) -> Callable[[Any], Awaitable[None]]:
    """Return a hook that limits connecting alone; the SDKs set no such limit per request."""

    async def limit(request: Any) -> None:
        timeout = dict(request.extensions.get("timeout") or {})
        request.extensions["timeout"] = timeout | {"connect": settings.connect_timeout}

    return limit


def _reveal(key: Secret | None) -> Any:
    """Hand a key to a client, which keeps it as pydantic's own secret."""
    from pydantic import SecretStr

    return SecretStr(key.reveal()) if key else None
