from app.llm.providers.groq import quotas_in_headers


def test_what_groqs_headers_may_look_like() -> None:
    quotas = quotas_in_headers(
        {
            "x-ratelimit-limit-requests": "14400",
            "x-ratelimit-remaining-requests": "14370",
            "x-ratelimit-reset-requests": "2m59.56s",
            "x-ratelimit-limit-tokens": "18000",
            "x-ratelimit-remaining-tokens": "17997",
            "x-ratelimit-reset-tokens": "760ms",
        }
    )
    assert [(one.limit.window, one.limit.amount, one.left, one.seconds) for one in quotas] == [
        ("requests/day", 14400, 14370, 179.56),
        ("tokens/minute", 18000, 17997, 0.76),
    ]
    assert quotas_in_headers({}) == []
    assert quotas_in_headers(dict.fromkeys(("x-ratelimit-limit-tokens",), "soon")) == []
