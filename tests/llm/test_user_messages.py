from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.llm.failures import Verdict
from app.llm.providers import installed_places
from app.llm.user_messages import failover_sentence, outage_sentence
from app.settings import GOES_OVER, FailureKind, Settings
from app.telemetry import Attempt
from tests.telemetry.entries import attempt

NOON = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)  # noon in California


def failed(place: str, kind: FailureKind, wait: float | None = None) -> Attempt:
    return attempt(
        "failed",
        place=place,
        label=place.capitalize(),
        model="m",
        position=["gemini", "groq"].index(place),
        kind=kind,
        wait=wait,
        waiting_helps=Verdict(kind).waiting_helps,
        goes_over=kind in GOES_OVER,
    )


ANSWERED = attempt(place="groq", label="Groq", model="m", position=1)


def test_soonest_wait_says_when_to_try_again() -> None:
    attempts = [
        failed("gemini", FailureKind.QUOTA_DAILY, 43_200),
        failed("groq", FailureKind.RATE_LIMIT, 90),
    ]
    assert outage_sentence(attempts, (), NOON) == (
        "No language model could answer (Gemini (m): daily quota used up; Groq (m): rate limit "
        "reached); try again at 20:01:30, your message is kept."
    )


def test_another_day_is_named() -> None:
    attempts = [failed("gemini", FailureKind.QUOTA_DAILY, 43_200)]
    assert "try again at 08:00 on 2026-03-05" in outage_sentence(attempts, (), NOON)


def test_what_waiting_never_cures_names_the_setting_to_mend() -> None:
    attempts = [failed("gemini", FailureKind.AUTH), failed("groq", FailureKind.MODEL_NOT_FOUND)]
    sentence = outage_sentence(attempts, (), NOON)
    assert "check GEMINI_API_KEY" in sentence
    assert "set GROQ_MODEL to a living one" in sentence
    assert sentence.endswith("waiting won't help, so please mend what is named here.")


def test_quiet_line_says_why_until_when_and_who_answered() -> None:
    attempts = [failed("gemini", FailureKind.QUOTA_DAILY, 43_200), ANSWERED]
    assert failover_sentence(attempts, NOON) == (
        "Gemini: daily quota used up until 08:00 on 2026-03-05; answered by Groq"
    )
    rejected = failover_sentence([failed("gemini", FailureKind.AUTH), ANSWERED], NOON)
    assert rejected == "Gemini: key rejected, check GEMINI_API_KEY; answered by Groq"
    assert failover_sentence([ANSWERED], NOON) == ""


def test_refusal_for_safety_is_told_politely() -> None:
    sentence = outage_sentence([failed("gemini", FailureKind.BLOCKED)], (), NOON)
    assert sentence.endswith("declined for safety reasons). Please say it another way.")


@pytest.mark.parametrize(
    ("provider", "wait"), [("gemini", 12 * 3600), ("groq", 525)], ids=["gemini", "groq"]
)
def test_days_quota_of_gemini_comes_back_at_midnight_pacific_and_groqs_when_it_says(
    provider: str, wait: float
) -> None:
    (place,) = [e for e in installed_places(Settings()) if e.name == provider]
    verdict = Verdict(FailureKind.QUOTA_DAILY, retry_after=525)
    assert place.wait(verdict, NOON) == wait


def test_dead_key_and_a_rate_limit_say_when_the_other_is_back() -> None:
    attempts = [failed("gemini", FailureKind.AUTH), failed("groq", FailureKind.RATE_LIMIT, 90)]
    sentence = outage_sentence(attempts, (), NOON)
    assert "key rejected, check GEMINI_API_KEY" in sentence
    assert sentence.endswith("try again at 20:01:30, your message is kept.")


def test_wait_of_a_dead_key_is_not_when_to_try_again() -> None:
    attempts = [failed("gemini", FailureKind.AUTH, 5), failed("groq", FailureKind.RATE_LIMIT, 90)]
    assert "try again at 20:01:30" in outage_sentence(attempts, (), NOON)


def test_failure_that_states_no_wait_is_tried_again_in_a_minute() -> None:
    sentence = outage_sentence([failed("groq", FailureKind.TIMEOUT)], (), NOON)
    assert "try again at 20:01:00" in sentence


def test_zero_quota_says_what_is_wrong_and_never_when_it_is_back() -> None:
    zero = replace(
        failed("gemini", FailureKind.QUOTA_DAILY, 43_200), no_quota=True, waiting_helps=False
    )
    told = failover_sentence([zero, ANSWERED], NOON)
    assert told == "Gemini: no quota or credit left on its key; answered by Groq"


def test_last_failure_of_each_model_is_told_once_in_the_chains_order() -> None:
    attempts = [
        failed("gemini", FailureKind.TIMEOUT),
        failed("groq", FailureKind.RATE_LIMIT, 90),
        failed("gemini", FailureKind.UNAVAILABLE),
        ANSWERED,
    ]
    assert failover_sentence(attempts, NOON) == (
        "Gemini: overloaded; Groq: rate limit reached until 20:01:30; answered by Groq"
    )


def test_nobody_who_answered_has_no_quiet_line() -> None:
    assert failover_sentence([failed("gemini", FailureKind.TIMEOUT)], NOON) == ""


def test_fault_of_ours_is_told_as_ours() -> None:
    sentence = outage_sentence([failed("gemini", FailureKind.INVALID_REQUEST)], (), NOON)
    assert "fault of this program" in sentence


@pytest.mark.parametrize("kind", [FailureKind.TIMEOUT, FailureKind.INVALID_REQUEST])
def test_failure_that_failover_on_leaves_out_is_told_as_that(kind: FailureKind) -> None:
    kept = replace(failed("gemini", kind), goes_over=False, unrecognised=True)
    sentence = outage_sentence([kept], (), NOON)
    assert "fault of this program" not in sentence
    assert sentence.endswith(
        "FAILOVER_ON keeps it from the next model; try again at 20:01:00, your message is kept."
    )


def test_last_failure_in_time_decides_which_sentence_it_is() -> None:
    attempts = [
        failed("gemini", FailureKind.TIMEOUT),
        failed("groq", FailureKind.TIMEOUT),
        failed("gemini", FailureKind.BLOCKED),
    ]
    assert outage_sentence(attempts, (), NOON).endswith("Please say it another way.")


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        (FailureKind.BLOCKED, "please say it another way."),
        (FailureKind.CONTEXT_OVERFLOW, "please say it in fewer words, or begin a new thread."),
    ],
)
def test_what_only_the_message_can_mend_is_told_as_that(kind: FailureKind, end: str) -> None:
    attempts = [replace(failed(name, kind), goes_over=True) for name in ("gemini", "groq")]
    assert outage_sentence(attempts, (), NOON).endswith(end)


def test_billing_stop_and_a_setting_to_mend_are_not_waited_for() -> None:
    stopped = replace(failed("gemini", FailureKind.QUOTA_DAILY), no_quota=True)
    wrong = replace(failed("groq", FailureKind.CONNECTION), mend="check GROQ_BASE_URL")
    sentence = outage_sentence([stopped, wrong], (), NOON)
    assert "can't be reached, check GROQ_BASE_URL" in sentence
    assert sentence.endswith("waiting won't help, so please mend what is named here.")


def test_words_of_one_failure_stand_in_the_place_of_its_kinds() -> None:
    refused = replace(failed("groq", FailureKind.CONNECTION), words="check GROQ_BASE_URL")
    assert "Groq (m): check GROQ_BASE_URL" in outage_sentence([refused], (), NOON)
