"""Say how each place of the model chain stands: key, model, call, limits, breaker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ... import PROGRAM
from ...llm import BreakerState, Place, Probed, breaker_state
from ...settings import FailureKind
from ...telemetry import BreakerStanding
from .findings import Finding, Level

AREA = "Models, in the order in which they are asked"
_DETAIL = 200
"""Characters of a provider's own message that are shown."""


@dataclass(frozen=True, slots=True)
class ExaminedPlace:
    """How one place of the chain stands.

    `probed` is None where it was not tried; `standing` is the one of its two breakers
    that stays open longer, as it was before. `now` is the instant, in the person's zone.
    """

    place: Place
    now: datetime
    probed: Probed | None = None
    standing: BreakerStanding = field(default_factory=BreakerStanding)

    @property
    def name(self) -> str:
        """Return what a person calls it."""
        return f"{self.place.label} ({self.place.model})"

    @property
    def in_chain(self) -> bool:
        """Say whether the chain can ask it at all."""
        return self.place.usable and self.place.installed

    @property
    def state(self) -> BreakerState:
        """Return the state of its breaker before it was tried."""
        return breaker_state(self.standing, self.now)

    @property
    def answers(self) -> bool:
        """Say whether it answers now, as far as that is known."""
        if self.probed is not None:
            return self.probed.answered
        return self.in_chain and self.state is not BreakerState.OPEN

    def finding(self) -> Finding:
        """Return how it stands in words."""
        place = self.place
        if not place.usable:
            missing = f"left out of the chain, {place.key_name} is not set."
            return Finding(AREA, Level.WARNING, f"{self.name}: {missing}")
        if not place.installed:
            missing = f"its package is missing. Run {place.provider.install}"
            return Finding(AREA, Level.PROBLEM, f"{self.name}: {missing}")
        if self.probed is None:
            level = Level.WARNING if self.state is BreakerState.OPEN else Level.OK
            key = "Key set" if place.settings.api_key else "No key needed"
            return Finding(AREA, level, f"{self.name}: not tried. {key}. {self.breaker_sentence()}")
        return _finding_of_call(self, self.probed)

    def record(self) -> dict[str, Any]:
        """Return how it stands, as JSON."""
        probed, failure = self.probed, self.probed.failure if self.probed else None
        until = self.standing.open_until
        return {
            "provider": self.place.name,
            "model": self.place.model,
            "key": self._key(),
            "listed": _listed(probed),
            "near": list(_near(probed)),
            "answered": probed.answered if probed else None,
            "milliseconds": probed.milliseconds if probed else None,
            "failure": failure.kind.value if failure else None,
            "detail": failure.detail[:_DETAIL] if failure else None,
            "limits": dict(probed.limits) if probed else {},
            "breaker": {
                "state": self.state.value,
                "kind": self.standing.kind or None,
                "until": until.isoformat() if until else None,
            },
        }

    def _key(self) -> str:
        if not self.place.settings.api_key:
            return "not needed" if self.place.usable else "missing"
        accepted = self.probed.key_accepted if self.probed else None
        return {True: "accepted", False: "rejected", None: "set"}[accepted]

    def breaker_sentence(self) -> str:
        """Return a sentence about the breaker."""
        if self.state is BreakerState.CLOSED or self.standing.open_until is None:
            return "Breaker closed."
        until = self.standing.open_until.astimezone(self.now.tzinfo)
        why = _kind(self.standing.kind).row.words
        if self.state is BreakerState.HALF_OPEN:
            sentence = (
                f"Breaker half-open since {moment(until, self.now)} ({why}): the next call tries"
            )
        else:
            sentence = f"Breaker open until {moment(until, self.now)} ({why})"
        closed = self.probed is not None and self.probed.answered
        return f"{sentence}; this call has closed it." if closed else f"{sentence}."


def moment(then: datetime, now: datetime) -> str:
    """Write an instant as the time of day, with the date where it is on another day.

    Args:
        then: The instant to write.
        now: The present instant, in the same zone.
    """
    return f"{then:%H:%M:%S}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"


def _finding_of_call(examined: ExaminedPlace, probed: Probed) -> Finding:
    """Put what came of a call into sentences."""
    sentences = []
    level = Level.OK
    if probed.failure is None:
        sentences.append(f"answered in {probed.milliseconds} ms.")
    else:
        level = Level.WARNING if probed.failure.waiting_helps else Level.PROBLEM
        words = probed.failure.kind.row.words
        sentences.append(f"{'no quota or credit left' if probed.failure.sticky else words}.")
        detail = " ".join(probed.failure.detail.split())
        if detail:
            sentences.append(f'It says: "{detail[:_DETAIL]}{"..." * (len(detail) > _DETAIL)}"')
        sentences += _advice(examined, probed)
    if examined.place.settings.api_key and probed.key_accepted:
        sentences.append("Key accepted.")
    if _listed(probed):
        sentences.append("The model is in its provider's list.")
    elif _listed(probed) is False and probed.answered:
        sentences.append("The model is not in its provider's list, yet it answers.")
    sentences += [*_limits(probed.limits), examined.breaker_sentence()]
    return Finding(AREA, level, f"{examined.name}: {' '.join(sentences)}")


def _advice(examined: ExaminedPlace, probed: Probed) -> list[str]:
    """Return what a person can do about a failure."""
    name = examined.place.name.upper()
    assert probed.failure is not None
    kind = probed.failure.kind
    if probed.key_accepted is False:
        return [
            f"Check {examined.place.key_name}: {PROGRAM} config set {examined.place.key_name} -"
        ]
    if _listed(probed) is False or kind is FailureKind.MODEL_NOT_FOUND:
        near = _near(probed)
        names = f"Its provider has {', '.join(near)}." if near else ""
        choice = near[0] if near else "NAME"
        return [names, f"Choose one: {PROGRAM} config set {name}_MODEL {choice}."]
    if probed.failure.mend:
        return [f"{probed.failure.mend[0].upper()}{probed.failure.mend[1:]}."]
    if kind is FailureKind.CONNECTION:
        return [f"Check the network, the proxy and {name}_BASE_URL ({examined.place.url})."]
    wait = examined.place.wait(probed.failure, examined.now)
    if wait is not None and probed.failure.waiting_helps:
        from datetime import timedelta

        return [f"Back at {moment(examined.now + timedelta(seconds=wait), examined.now)}."]
    return []


def _listed(probed: Probed | None) -> bool | None:
    if probed is None or probed.listed is None:
        return None
    return probed.listed.has(probed.place.model)


def _near(probed: Probed | None) -> tuple[str, ...]:
    if probed is None or probed.listed is None or _listed(probed):
        return ()
    return probed.listed.near(probed.place.model)


def _limits(headers: Mapping[str, str]) -> list[str]:
    """Return a sentence on what the provider says is left."""
    parts = []
    for what in ("requests", "tokens"):
        left = headers.get(f"x-ratelimit-remaining-{what}")
        if left is not None:
            most = headers.get(f"x-ratelimit-limit-{what}")
            back = headers.get(f"x-ratelimit-reset-{what}")
            all_of = f" of {most}" if most else ""
            parts.append(f"{left}{all_of} {what}{f', full again in {back}' if back else ''}")
    return [f"Left: {'; '.join(parts)}."] if parts else []


def _kind(name: str) -> FailureKind:
    return FailureKind(name) if name in set(FailureKind) else FailureKind.UNAVAILABLE
