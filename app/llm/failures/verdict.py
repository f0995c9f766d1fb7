"""Say what one failure was, and what that means."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ...settings import GOES_OVER, FailureKind, Limit, Scope, Waiting


@dataclass(frozen=True, slots=True)
class Verdict:
    """What kind of failure it was, and what is known beside that.

    Attributes:
        kind: Its kind, whose row says what follows from it.
        status: The provider's HTTP status, where there was one.
        detail: The provider's own words.
        retry_after: The longest wait in seconds that it stated.
        sticky: Whether it is a zero quota or a billing stop: time alone doesn't cure it.
        one_model: Whether what else concerns the key concerns this model alone.
        generation: The text of a rejected tool call.
        limits: What a 429 named.
        estimate: Whether no provider spoke: our own count of a quota did.
        words: What a person reads in the place of the kind's words; `{PLACE}` stands for the
            place's name as its settings begin with it.
        for_safety: Of a block, whether it is one for safety; others are for a recitation or a
            language.
        of_prompt: Whether a block is one of the prompt, and not of the answer.
        payload_malformed: Of an invalid request, whether the provider said that the payload is
            malformed; what it said otherwise is not known here.
        mend: What a person has to do about it, such as `check {PLACE}_BASE_URL`; empty where
            the words say enough.
    """

    kind: FailureKind
    status: int | None = None
    detail: str = ""
    retry_after: float | None = None
    sticky: bool = False
    one_model: bool = False
    generation: str = field(default="", repr=False)
    limits: tuple[Limit, ...] = ()
    estimate: bool = False
    words: str = ""
    for_safety: bool = True
    of_prompt: bool = False
    payload_malformed: bool = False
    mend: str = ""

    @property
    def scope(self) -> Scope:
        """Return what the failure concerns."""
        scope = self.kind.row.scope
        if scope is Scope.REQUEST:
            return scope
        if self.one_model:
            return Scope.MODEL
        return Scope.KEY if self.sticky else scope

    @property
    def waiting_helps(self) -> bool:
        """Say whether the same request may work later, with nothing mended."""
        return self.kind.row.waiting is Waiting.HELPS and not (self.sticky or self.mend)

    @property
    def unrecognised(self) -> bool:
        """Say whether a provider refused the request in words that are not known here.

        Each provider gets a request of its own shape, so that says little about the next one,
        and not much about this one either: it counts little against its breaker.
        """
        return self.kind is FailureKind.INVALID_REQUEST and not self.payload_malformed

    @property
    def needs_a_person(self) -> bool:
        """Say whether somebody has to mend a setting before the model is of use again."""
        return self.kind.row.needs_a_person

    def goes_over(self, failover_on: AbstractSet[FailureKind]) -> bool:
        """Say whether the next model is asked.

        A refusal for safety never goes over. A malformed payload does where its kind is named.
        What else is blocked or invalid goes over with its kind named, or with nothing left out.

        Args:
            failover_on: The kinds that go over, as `FAILOVER_ON` has them.
        """
        if self.kind is FailureKind.BLOCKED and self.for_safety:
            return False
        if self.kind in failover_on:
            return True
        if self.kind.row.goes_over or self.payload_malformed:
            return False
        return failover_on >= set(GOES_OVER)
