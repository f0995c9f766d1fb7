"""Open clients in environments that spoil them: it is that place's failure, and names the cause."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.llm.failures import Verdict
from app.llm.providers import Client, Place, places
from app.llm.providers.opening import NotOpenedError, open_client, with_variable
from app.settings import FailureKind, Settings
from tests.conftest import Relay, provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import says

MakeRelay = Callable[..., Relay]
PROXIES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")

SPOILT = [
    ("ALL_PROXY", "socks://127.0.0.1:1080/"),
    ("all_proxy", "socks5://ann:pa55@127.0.0.1:1080"),
    ("HTTPS_PROXY", "http://ann:pa55@proxy:x"),
    ("http_proxy", "ftp://proxy"),
    ("NO_PROXY", "localhost,[::1]"),
    ("SSL_CERT_FILE", "/lost/certificates.pem"),
    ("SSLKEYLOGFILE", "/lost/keys.log"),
]


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(("name", "value"), SPOILT)
def test_spoilt_variable_is_named_and_plain_commands_go_on(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    relay = make_relay(gemini_api_key="k" * 30, groq_api_key="g" * 30, alert_webhook_url=None)
    reply = relay.say("What is the weather?")
    assert [(one["provider"], one["kind"]) for one in reply.attempts] == [
        ("gemini", "connection"),
        ("groq", "connection"),
    ]
    assert reply.reply.count(f"can't be reached, check {name}") == 2
    assert "mend what is named here" in reply.reply
    assert "pa55" not in reply.reply
    assert relay.say("add buy milk").reply.endswith("Added #1 buy milk")
    assert "pa55" not in "".join(relay.log_lines())


def test_next_call_opens_it_again(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch, gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make_relay(**provider_settings(gemini, groq))
    with monkeypatch.context() as spoilt:
        spoilt.setenv("ALL_PROXY", "socks://127.0.0.1:1080/")
        assert not relay.say("What is the weather?").ok
    gemini.plays(says("Sunny."))
    assert relay.say("And now?").reply == "Sunny."


def test_model_whose_package_is_broken_is_passed_over(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch, gemini: GeminiServer, groq: GroqServer
) -> None:
    import langchain_google_genai

    monkeypatch.delattr(langchain_google_genai, "ChatGoogleGenerativeAI")
    relay = make_relay(**provider_settings(gemini, groq))
    relay.agent.load()
    groq.plays(says("From Groq."))
    reply = relay.say("Hello")
    assert (reply.reply, reply.attempts[0]["kind"]) == ("From Groq.", "connection")
    assert reply.notice == (
        "Gemini: can't be reached, run python -m pip install -e . -c constraints.txt; "
        "answered by Groq"
    )


def test_constructor_that_raises_anything_is_passed_over(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch, gemini: GeminiServer, groq: GroqServer
) -> None:
    import langchain_google_genai

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(f"no way with {gemini.key}")

    monkeypatch.setattr(langchain_google_genai, "ChatGoogleGenerativeAI", broken)
    relay = make_relay(**provider_settings(gemini, groq))
    groq.plays(says("From Groq."))
    assert relay.say("Hello").reply == "From Groq."
    assert gemini.key not in "".join(relay.log_lines())


def test_graph_opens_it_again_on_each_loop(make_relay: MakeRelay, groq: GroqServer) -> None:
    settings: dict[str, Any] = {"groq_api_key": groq.key, "groq_base_url": groq.url}
    relay = make_relay(llm_chain="groq", **settings)
    for _ in range(2):
        assert asyncio.run(relay.agent.process_message("ann", "Hello")).provider == "groq"


class Broken(Place):
    """A place whose client never opens."""

    def open(self) -> Client:
        raise ValueError("no gsk_secret")


def verdict_in(environment: dict[str, str]) -> Verdict:
    settings = Settings(llm_chain="groq", groq_api_key="gsk_secret")
    (place,) = places(settings)
    with pytest.raises(NotOpenedError) as raised:
        open_client(Broken(place.settings, place.adapter, settings), environment)
    return raised.value.verdict


@pytest.mark.parametrize(
    "environment",
    [
        {"HTTPS_PROXY": "proxy.local:8080", "NO_PROXY": "localhost,::1,10.0.0.0/8,*.local"},
        {"NO_PROXY": "*,[::1]"},
        {},
    ],
)
def test_variables_that_can_be_used_are_not_blamed(environment: dict[str, str]) -> None:
    verdict = Verdict(FailureKind.CONNECTION, detail="ValueError: no [redacted]")
    assert verdict_in(environment) == verdict


def test_lost_directory_of_certificates_is_named(tmp_path: Path) -> None:
    lost = verdict_in({"SSL_CERT_DIR": str(tmp_path / "lost")})
    assert (lost.mend, lost.detail) == ("check SSL_CERT_DIR", "SSL_CERT_DIR can't be used")
    assert verdict_in({"SSL_CERT_DIR": str(tmp_path)}).mend == ""


@pytest.mark.parametrize(
    ("kind", "detail", "environment", "mend"),
    [
        (
            "connection",
            "SSLError: CERTIFICATE_VERIFY_FAILED",
            {"SSL_CERT_FILE": "f"},
            "SSL_CERT_FILE",
        ),
        ("connection", "ProxyError: 407 Required", {"https_proxy": "http://p"}, "https_proxy"),
        ("connection", "ProxyError: 407 Required", {}, ""),
        ("connection", "ConnectError: refused", {"HTTPS_PROXY": "http://p"}, ""),
        ("timeout", "ProxyError: slow", {"HTTPS_PROXY": "http://p"}, ""),
    ],
)
def test_call_that_fails_on_what_a_variable_says_names_it(
    kind: str, detail: str, environment: dict[str, str], mend: str
) -> None:
    verdict = with_variable(Verdict(FailureKind(kind), detail=detail), environment)
    assert verdict.mend == (f"check {mend}" if mend else "")
