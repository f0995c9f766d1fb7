"""Say what one failure was, and what that means."""

from dataclasses import dataclass, field

from ...settings import FailureKind, Limit, Scope, Waiting


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
        return self.kind.row.waiting is Waiting.HELPS and not self.sticky
