import json

from app.llm.failures.quota_violations import google_limits
from tests.conftest import ROOT


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
