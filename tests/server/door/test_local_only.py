"""Without sign-in: which requests are the person's at the machine, as a table."""

from typing import Any

import pytest

from app.server.door.local_only import Request, refusal_of, studio_origins

HERE = "127.0.0.1:2024"
OWN = "http://127.0.0.1:2024"
STUDIO = "https://smith.langchain.com"
LISTED = "http://localhost:3000"
MACHINE, PROXY, HOST, PAGE = "another machine", "through a proxy", "another host", "a page of"


def asked(peer: str | None = "127.0.0.1", host: str | None = HERE, **more: Any) -> str | None:
    """Return what a request is told; a name in small letters with `_` is a header."""
    scheme, method = more.pop("scheme", "http"), more.pop("method", "POST")
    headers = [("host", host)] if host is not None else []
    headers += [(name.replace("_", "-"), value) for name, value in more.items()]
    request = Request(peer=peer, scheme=scheme, method=method, headers=headers)
    return refusal_of(request, [LISTED])


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"peer": "127.3.2.1"},
        {"peer": "::1", "host": "[::1]:2024"},
        {"peer": "::ffff:127.0.0.1"},
        {"host": "localhost:2024"},
        {"host": "LOCALHOST"},
        {"host": "127.0.0.1"},
        {"host": "[::ffff:127.0.0.1]"},
        {"origin": OWN},
        {"origin": "http://localhost", "host": "localhost"},
        {"origin": "http://localhost", "host": "localhost:80"},
        {"origin": "https://localhost:2024", "host": "localhost:2024", "scheme": "https"},
        {"origin": OWN, "scheme": "ws", "method": "GET"},
        {"origin": STUDIO},
        {"origin": "https://eu.smith.langchain.com"},
        {"origin": LISTED},
        {"origin": LISTED, "method": "OPTIONS", "access_control_request_method": "POST"},
        {"sec_fetch_site": "none", "method": "GET"},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "cross-site", "origin": STUDIO},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "method": "GET"},
    ],
    ids=str,
)
def test_the_person_at_the_machine_is_answered(request_: dict[str, Any]) -> None:
    assert asked(**request_) is None


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"peer": "192.168.1.7"}, MACHINE),
        ({"peer": "10.0.0.1", "host": "localhost"}, MACHINE),
        ({"peer": "::ffff:10.0.0.1"}, MACHINE),
        ({"peer": "fe80::1"}, MACHINE),
        ({"peer": "0.0.0.0"}, MACHINE),
        ({"peer": ""}, MACHINE),
        ({"peer": None}, MACHINE),
        ({"x_forwarded_for": "127.0.0.1"}, PROXY),
        ({"x_forwarded_host": ""}, PROXY),
        ({"x_forwarded_proto": "https"}, PROXY),
        ({"x_forwarded_anything": "x"}, PROXY),
        ({"forwarded": "for=127.0.0.1"}, PROXY),
        ({"x_real_ip": "127.0.0.1"}, PROXY),
        ({"via": "1.1 proxy"}, PROXY),
        ({"cf_connecting_ip": "127.0.0.1"}, PROXY),
        ({"host": None}, HOST),
        ({"host": ""}, HOST),
        ({"host": "evil.example"}, HOST),
        ({"host": "evil.example:2024", "origin": "http://evil.example:2024"}, HOST),
        ({"host": "localhost.evil.example"}, HOST),
        ({"host": "127.0.0.1.evil.example"}, HOST),
        ({"host": "evil.localhost"}, HOST),
        ({"host": "localhost."}, HOST),
        ({"host": "0.0.0.0:2024"}, HOST),
        ({"host": "192.168.1.7"}, HOST),
        ({"host": "[::]:2024"}, HOST),
        ({"host": "127.1"}, HOST),
        ({"host": "2130706433"}, HOST),
        ({"host": "127.0.0.1@evil.example"}, HOST),
        ({"host": "127.0.0.1:x"}, HOST),
        ({"host": "127.0.0.1, evil.example"}, HOST),
        ({"host": "[127.0.0.1"}, HOST),
        ({"host": "::1"}, HOST),
        ({"origin": "null"}, PAGE),
        ({"origin": ""}, PAGE),
        ({"origin": "https://evil.example"}, PAGE),
        ({"origin": "https://evil.example", "content_type": "text/plain"}, PAGE),
        ({"origin": "https://evil.example", "method": "GET"}, PAGE),
        ({"origin": "https://evil.example", "method": "OPTIONS"}, PAGE),
        ({"origin": "http://127.0.0.1:3000"}, PAGE),
        ({"origin": "http://localhost:2024"}, PAGE),
        ({"origin": "https://127.0.0.1:2024"}, PAGE),
        ({"origin": "http://smith.langchain.com"}, PAGE),
        ({"origin": "https://smith.langchain.com.evil.example"}, PAGE),
        ({"origin": f"{STUDIO} https://evil.example"}, PAGE),
        ({"origin": "https://evil.example", "scheme": "ws", "method": "GET"}, PAGE),
        ({"sec_fetch_site": "cross-site", "method": "GET"}, PAGE),
        ({"sec_fetch_site": "same-site", "method": "GET", "sec_fetch_mode": "no-cors"}, PAGE),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, PAGE),
    ],
    ids=str,
)
def test_anybody_else_reads_why_not_and_which_setting_helps(
    request_: dict[str, Any], reason: str
) -> None:
    sentence = asked(**request_)
    assert sentence is not None
    assert reason in sentence
    assert "AUTH_TOKENS" in sentence
    assert "CORS_ORIGINS" in sentence


@pytest.mark.parametrize("name", ["host", "origin"])
def test_header_that_comes_twice_is_refused(name: str) -> None:
    good = [("host", HERE), ("origin", OWN)]
    headers = [*good, (name, dict(good)[name])]
    assert refusal_of(Request(peer="127.0.0.1", headers=good)) is None
    assert refusal_of(Request(peer="127.0.0.1", headers=headers)) is not None


def test_studio_s_page_may_be_at_another_address() -> None:
    named = studio_origins(["langgraph", "dev", "--studio-url", "https://Studio.example.com/x"])
    assert "https://studio.example.com" in named
    assert studio_origins(["langgraph", "dev", "--studio-url=https://a.b"])[-1] == "https://a.b"
    for nothing in (["--studio-url"], ["--studio-url", "null"], ["--studio-url", "*"], []):
        assert studio_origins(nothing) == studio_origins([])
