import json

from app.llm.resilience.rate_limit_headers import google_limits, groq_quotas
from tests.conftest import ROOT


def test_what_groqs_headers_may_look_like() -> None:
    told = groq_quotas(
        {
            "x-ratelimit-limit-requests": "14400",
            "x-ratelimit-remaining-requests": "14370",
            "x-ratelimit-reset-requests": "2m59.56s",
            "x-ratelimit-limit-tokens": "18000",
            "x-ratelimit-remaining-tokens": "17997",
            "x-ratelimit-reset-tokens": "760ms",
        }
    )
    assert [(one.limit.window, one.limit.amount, one.left, one.seconds) for one in told] == [
        ("requests/day", 14400, 14370, 179.56),
        ("tokens/minute", 18000, 17997, 0.76),
    ]
    assert groq_quotas({}) == []
    assert groq_quotas(dict.fromkeys(("x-ratelimit-limit-tokens",), "soon")) == []


def test_limits_of_recorded_429s_are_read() -> None:
    found: dict[str, int] = {}
    for line in (ROOT / "tests" / "data" / "provider_errors.jsonl").read_text().splitlines():
        error = json.loads(line).get("body")
        details = error.get("error", {}).get("details", ()) if isinstance(error, dict) else ()
        for detail in details:
            limits = google_limits(detail.get("violations", ()))
            found |= {limit.window.value: limit.amount for limit in limits}
    assert found == {"tokens/minute": 250_000}


def test_limit_of_a_day_is_told_from_that_of_a_minute_and_zero_is_none() -> None:
    def told(name: str, value: str) -> list[tuple[str, int]]:
        limits = google_limits([{"quotaId": name, "quotaValue": value}])
        return [(limit.window.value, limit.amount) for limit in limits]

    day = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
    assert told(day, "500") == [("requests/day", 500)]
    assert told(day.replace("Day", "Minute"), "15") == [("requests/minute", 15)]
    assert told(day, "0") == told(day, "many") == told("SomethingElse", "5") == []
