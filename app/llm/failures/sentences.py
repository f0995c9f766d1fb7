"""Read what providers say in sentences alone: the kind of a failure by the words of its refusal.

The first sentence that is recognised counts. What a status or a code says already is not here.
"""

import re
from dataclasses import dataclass

from ...settings import FailureKind

IN_BETWEEN = "a proxy or firewall in between answered"
NETWORK = "refused by the network, check the network's settings"
LEAKED = "its key was reported as leaked, replace {PLACE}_API_KEY"
TERMS = "the terms of its model wait to be accepted in the account of {PLACE}_API_KEY"
COUNTRY = "not offered in this country or region"
NO_BILLING = "billing is not enabled for the project of {PLACE}_API_KEY"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a refusal means.

    Attributes:
        kind: The kind of the failure.
        words: What a person reads in the place of the kind's words.
        mend: What a person has to do about it.
        sticky: Whether it is a billing stop.
        one_model: Whether it concerns this model alone.
        payload_malformed: Whether the provider calls the payload itself malformed.
    """

    kind: FailureKind
    words: str = ""
    mend: str = ""
    sticky: bool = False
    one_model: bool = False
    payload_malformed: bool = False


NO_ADDRESS = Reading(FailureKind.CONNECTION, "no such address there", "check {PLACE}_BASE_URL")
UNFIT = Reading(
    FailureKind.MODEL_NOT_FOUND,
    "its model can't do what is needed here",
    "set {PLACE}_MODEL to one that calls tools",
    one_model=True,
)
PROXY_REFUSED = Reading(FailureKind.CONNECTION, "the proxy refused", "check HTTPS_PROXY")


_SENTENCES: tuple[tuple[str, Reading], ...] = (
    (
        r"invalid json payload|unknown name \"|(could not|couldn't) parse the json"
        r"|body (is not|isn't) valid json|invalid json in (the )?(request|body)"
        r"|body contains invalid json",
        Reading(FailureKind.INVALID_REQUEST, payload_malformed=True),
    ),
    (
        r"\b(location|country|region|territory)\b.{0,40}\b(not |un)(supported|available|allowed)"
        r"|\b(not|un)\s?(supported|available|allowed) in your (location|country|region)",
        Reading(FailureKind.PERMISSION, COUNTRY),
    ),
    (r"reported as leaked", Reading(FailureKind.PERMISSION, LEAKED)),
    (
        r"network settings|\bip address\b.{0,40}\b(not allowed|blocked|denied|restricted)",
        Reading(FailureKind.CONNECTION, NETWORK),
    ),
    (
        r"terms (of (service|use) )?acceptance|accept the (model'?s? )?terms"
        r"|terms (must|have to|need to) be accepted",
        Reading(FailureKind.PERMISSION, TERMS, one_model=True),
    ),
    (
        r"\bapi[ _-]?key (is )?(not valid|not found|invalid|expired|missing|has expired)"
        r"|\b(invalid|incorrect|expired|missing|unknown) api[ _-]?key|pass a valid api key"
        r"|\binvalid (authentication|access token|token|credentials)\b",
        Reading(FailureKind.AUTH),
    ),
    (
        r"\bbilling\b.{0,30}\b(enabled|disabled|inactive|not active|closed)\b|enable billing"
        r"|\bbilling account\b.{0,40}\b(disabled|closed|suspended|not found)",
        Reading(FailureKind.QUOTA_DAILY, NO_BILLING, sticky=True),
    ),
    (
        r"\bbilling (hard )?limit\b"
        r"|\b(insufficient|no remaining|not enough) (balance|credits?|funds)"
        r"|\bcredits? (is|are|balance is|have been) (depleted|exhausted|used up)"
        r"|\b(credit )?balance is too low",
        Reading(FailureKind.QUOTA_DAILY, sticky=True),
    ),
    (
        r"token count\b.*\bexceeds the maximum number of tokens|\bprompt is too long\b"
        r"|\b(maximum|max) context (length|window)\b"
        r"|\bexceeds? (the )?(model'?s? )?(maximum )?(context|input)[ -]?"
        r"(limit|window|length|size)\b"
        r"|payload size exceeds|reduce the length of the (messages|prompt|input)"
        r"|\b(input|request|prompt|message) is too (long|large)|too many (input )?tokens",
        Reading(FailureKind.CONTEXT_OVERFLOW),
    ),
    (
        r"tool call validation failed|failed to call a function|failed to parse tool call"
        r"|model (called a|did not call a) tool",
        Reading(FailureKind.TOOL_USE_FAILED),
    ),
    (
        r"\b(does not|doesn't|do not|don't) support "
        r"(function|tool|chat|stream|system|developer|multi)"
        r"|\b(tools?|functions?|tool (use|calling|choice)|function calling"
        r"|(developer|system) instructions?|multi-?turn( chat)?|chat|streaming)`? "
        r"(is|are) not (enabled|supported|available)\b"
        r"|\bis not (enabled|supported) (for|by|with|in) (this model|the model|models/)"
        r"|\btools\b[^.]*\bnot supported\b|\bthis model only supports\b|\bnot a chat model\b",
        UNFIT,
    ),
    (
        r"\b(unknown|invalid|unsupported|no such) model\b(?! (output|response|settings))"
        r"|\bmodel\b.{0,80}\b(does not exist|(is |was )?not found"
        r"|has been (retired|decommissioned|shut down|deprecated|removed)"
        r"|is no longer (available|supported))"
        r"|\bnot a valid model\b|\bmodels/\S+ is not (found|supported)",
        Reading(FailureKind.MODEL_NOT_FOUND, one_model=True),
    ),
    (
        r"\bsafety (system|polic|filter|reasons)|content (management )?polic(y|ies)"
        r"|usage polic(y|ies)|\bcontent filter",
        Reading(FailureKind.BLOCKED),
    ),
    (
        r"\b(quota|rate limit|too many requests)\b.{0,40}\bexceeded|exceeded your (current )?quota"
        r"|too many requests|rate limit (reached|exceeded)",
        Reading(FailureKind.RATE_LIMIT),
    ),
    (
        r"\b(temporarily|currently) (unavailable|overloaded)"
        r"|\b(model|server|service) is (overloaded|busy)|over capacity",
        Reading(FailureKind.UNAVAILABLE),
    ),
    (r"\b(proxy authentication|proxy auth)", PROXY_REFUSED),
    (
        r"\binternal (server )?error\b|operation was (aborted|cancelled)",
        Reading(FailureKind.SERVER_ERROR),
    ),
)

_COMPILED = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), reading) for pattern, reading in _SENTENCES
)
_LONGEST = 4_000


def read_sentence(message: str) -> Reading | None:
    """Return what a provider's sentence means; None where it isn't recognised."""
    message = message[:_LONGEST]
    return next((reading for words, reading in _COMPILED if words.search(message)), None)
