"""When the same model gets another try, and with what."""

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from app.llm.failures import Verdict
from app.llm.resilience.retry import Retries
from app.settings import FailureKind

HELLO: list[BaseMessage] = [HumanMessage("Hello")]


def pauses(verdict: Verdict, tries: int, *, longest: float = 99, left: float = 99) -> list[float]:
    """Return the pauses before the tries that a failure gets, which happens again and again."""
    retries, found = Retries(tries, longest), []
    while retry := retries.after(verdict, HELLO, left):
        assert retry.conversation == HELLO
        found.append(retry.pause)
    return found


@pytest.mark.parametrize(
    "kind",
    [
        FailureKind.UNAVAILABLE,
        FailureKind.SERVER_ERROR,
        FailureKind.CONNECTION,
        FailureKind.MALFORMED_RESPONSE,
    ],
)
def test_passing_fault_is_tried_again_with_growing_pauses(kind: FailureKind) -> None:
    assert pauses(Verdict(kind), 4) == pytest.approx([0.2, 0.4, 0.8, 1.6])
    assert pauses(Verdict(kind), 0) == []


@pytest.mark.parametrize(
    "kind",
    [
        *(
            FailureKind.TIMEOUT,
            FailureKind.AUTH,
            FailureKind.PERMISSION,
            FailureKind.MODEL_NOT_FOUND,
            FailureKind.BLOCKED,
        ),
        *(FailureKind.INVALID_REQUEST, FailureKind.RATE_LIMIT, FailureKind.QUOTA_DAILY),
    ],
)
def test_what_a_moment_does_not_cure_is_not_tried_again(kind: FailureKind) -> None:
    assert pauses(Verdict(kind), 4) == []


def test_wait_that_the_provider_states_is_kept_to() -> None:
    assert pauses(Verdict(FailureKind.RATE_LIMIT, retry_after=1.5), 2) == [1.5, 1.5]
    assert pauses(Verdict(FailureKind.UNAVAILABLE, retry_after=1.5), 2) == [1.5, 1.5]
    assert pauses(Verdict(FailureKind.QUOTA_DAILY, retry_after=1.5, sticky=True), 2) == []


def test_pause_that_is_too_long_for_the_policy_or_the_turn_goes_over_instead() -> None:
    slow = Verdict(FailureKind.UNAVAILABLE, retry_after=3.0)
    assert pauses(slow, 1, longest=3.0) == [3.0]
    assert pauses(slow, 1, longest=2.9) == []
    assert pauses(slow, 1, left=3.0) == []
    assert pauses(slow, 1, left=3.1) == [3.0]


def test_request_that_was_too_long_is_sent_once_more_and_shorter() -> None:
    old = [HumanMessage("x" * 700), AIMessage("y" * 700)]
    retries = Retries(0, 0)
    retry = retries.after(Verdict(FailureKind.CONTEXT_OVERFLOW), [*old, *HELLO], 0)
    assert retry is not None
    assert (list(retry.conversation), retry.pause) == (HELLO, 0)
    assert retries.after(Verdict(FailureKind.CONTEXT_OVERFLOW), [*old, *HELLO], 0) is None


def test_request_that_cannot_be_made_shorter_is_not_sent_again() -> None:
    assert Retries(0, 0).after(Verdict(FailureKind.CONTEXT_OVERFLOW), HELLO, 0) is None


def test_rejected_tool_call_is_asked_for_once_more_with_the_reason() -> None:
    rejected = Verdict(FailureKind.TOOL_USE_FAILED, detail="title is missing.")
    retries = Retries(0, 0)
    retry = retries.after(rejected, HELLO, 0)
    assert retry is not None
    *before, hint = retry.conversation
    assert before == HELLO
    assert hint.text.startswith("Your tool call was rejected: title is missing. Call the tool")
    assert retries.after(rejected, HELLO, 0) is None


def test_each_remedy_is_used_up_by_itself() -> None:
    retries = Retries(1, 9)
    old = [HumanMessage("x" * 700), AIMessage("y" * 700)]
    remedies = [FailureKind.TOOL_USE_FAILED, FailureKind.CONTEXT_OVERFLOW, FailureKind.UNAVAILABLE]
    assert all(retries.after(Verdict(kind), [*old, *HELLO], 9) for kind in remedies)
    assert not any(retries.after(Verdict(kind), [*old, *HELLO], 9) for kind in remedies)
