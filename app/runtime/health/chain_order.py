"""Say which model answers first and why, and whether a failure goes over to the next one."""

from collections.abc import Sequence

from ...llm import BreakerState
from ...settings import DEFAULT, GOES_OVER, Layer, Origin, Settings, origin_of
from .findings import Finding, Level
from .models import ExaminedPlace

FIRST = "Who answers first"
OVER = "What goes over to the next model"


def first_finding(
    models: Sequence[ExaminedPlace], settings: Settings, layers: Sequence[Layer]
) -> list[Finding]:
    """Return who answers now, and which setting says so.

    Args:
        models: The chain, in order.
        settings: What the program runs with.
        layers: Where the settings come from.
    """
    order, primary = _origin(layers, "LLM_CHAIN"), _origin(layers, "PRIMARY_LLM")
    chain = ", ".join(settings.llm_chain)
    if order.source != DEFAULT:
        why = f"The order is {chain}: LLM_CHAIN ({order.source}) says so."
    else:
        says = f"PRIMARY_LLM is {settings.primary_llm} ({primary.source})"
        why = f"The order is {chain}: {says}."
    first = next((examined for examined in models if examined.answers), None)
    if first is None:
        offline = "plain commands still work" if settings.offline_fallback else "nothing answers"
        findings = [Finding(FIRST, Level.PROBLEM, f"No model can answer now; {offline}. {why}")]
    elif first is models[0]:
        findings = [Finding(FIRST, Level.OK, f"{first.name} {_does(first)} first. {why}")]
    else:
        passed = models[: models.index(first)]
        reasons = "; ".join(f"{examined.place.label} {_why_not(examined)}" for examined in passed)
        text = f"{first.name} {_does(first)} first now, because {reasons}. {why}"
        findings = [Finding(FIRST, Level.WARNING, text)]
    names = "; ".join(
        f"{examined.place.label}'s is {_name(examined, layers)}" for examined in models
    )
    findings.append(Finding(FIRST, Level.OK, f"Which models: {names}."))
    if DEFAULT not in (order.source, primary.source):
        text = f"PRIMARY_LLM ({primary.source}) has no say, because LLM_CHAIN is set."
        findings.append(Finding(FIRST, Level.WARNING, text))
    return findings


def over_findings(
    models: Sequence[ExaminedPlace], settings: Settings, layers: Sequence[Layer]
) -> list[Finding]:
    """Return what keeps a failure from going over to the next model.

    Args:
        models: The chain, in order.
        settings: What the program runs with.
        layers: Where the settings come from.
    """
    findings = []
    usable = [examined for examined in models if examined.in_chain]
    if len(usable) == 1:
        missing = [examined.place.key_name for examined in models if not examined.place.usable]
        text = f"Only {usable[0].name} is set up, so its failures have nowhere to go."
        advice = f" Set {' or '.join(missing)}." if missing else " Add another to LLM_CHAIN."
        findings.append(Finding(OVER, Level.WARNING, text + advice))
    gaps = sorted(kind.value for kind in GOES_OVER if kind.value not in settings.failover_on)
    if gaps:
        source = _origin(layers, "FAILOVER_ON").source
        text = f"FAILOVER_ON ({source}) leaves out {', '.join(gaps)}: these end the turn."
        findings.append(Finding(OVER, Level.WARNING, text))
    if len(usable) > 1 and settings.first_token_timeout >= settings.turn_timeout:
        text = (
            f"TURN_TIMEOUT ({settings.turn_timeout:g} s) leaves no time for the next model after "
            f"FIRST_TOKEN_TIMEOUT ({settings.first_token_timeout:g} s)."
        )
        findings.append(Finding(OVER, Level.WARNING, text))
    if not findings and usable:
        text = "Every failure that another model may cure. A malformed request and a refusal for "
        findings.append(Finding(OVER, Level.OK, f"{text}safety stay where they are."))
    return findings


def _does(examined: ExaminedPlace) -> str:
    return "answers" if examined.probed else "is asked"


def _why_not(examined: ExaminedPlace) -> str:
    if not examined.place.usable:
        return "has no key"
    if not examined.place.installed:
        return "is not installed"
    if examined.probed is not None:
        return "doesn't answer"
    return "has an open breaker" if examined.state is BreakerState.OPEN else "is passed by"


def _name(examined: ExaminedPlace, layers: Sequence[Layer]) -> str:
    """Return a model's name and where it comes from; `groq2` may have `groq`'s."""
    names = [
        f"{name.upper()}_MODEL" for name in (examined.place.name, examined.place.provider.name)
    ]
    given = origin_of(layers, names, None)
    source = "default" if given.source == DEFAULT else f"{given.variable}, {given.source}"
    return f"{examined.place.model} ({source})"


def _origin(layers: Sequence[Layer], name: str) -> Origin:
    return origin_of(layers, (name,), None)
