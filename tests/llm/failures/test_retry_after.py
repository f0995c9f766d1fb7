import pytest

from app.llm.failures.retry_after import duration, longest_wait


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("16h30m", 59_400),
        ("9m38.016s", 578.016),
        ("172ms", 0.172),
        ("51.440389927s", 51.440389927),
        ("1m47.5854s", 107.5854),
        ("5", 5),
        ("2.5", 2.5),
        ("", None),
        ("soon", None),
        ("5 s", None),
    ],
)
def test_duration(text: str, seconds: float | None) -> None:
    assert duration(text) == (seconds if seconds is None else pytest.approx(seconds))


def test_longest_of_all_that_is_stated_counts() -> None:
    assert longest_wait("5", ["7s"], "Please try again in 4.77s.") == 7
    assert longest_wait(None, [], "Please retry in 16h30m") == 59_400
    assert longest_wait("Wed, 21 Oct 2026 07:28:00 GMT", [], "try again later") is None
