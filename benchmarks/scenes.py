"""Say what the primary does in each scene, and what the right answers are."""

import json
from dataclasses import dataclass

from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.steps import Silence, Step, Stream, says

PRIMARY, FALLBACK = "Answered by the primary.", "Answered by the fallback."
_OTHER = b'{"candidates": [{"finishReason": "OTHER"}]}'


def _said(text: str) -> bytes:
    content = {"parts": [{"text": text}], "role": "model"}
    return json.dumps({"candidates": [{"content": content}]}).encode()


_TWO_TOKENS = b"".join(b"data: " + _said(word) + b"\r\n\r\n" for word in ("one ", "two "))


@dataclass(frozen=True, eq=False)
class Scene:
    """What the primary does, over how many turns, and who should answer.

    `fallback` is what the fallback does. With `outage` the primary does its step for so many
    seconds and is back then, and a turn comes every `every` seconds until it has answered.
    """

    name: str
    step: Step
    turns: int = 1
    right: str = FALLBACK
    fallback: tuple[Step, ...] = (says(FALLBACK),)
    outage: float = 0.0
    every: float = 4.0


SCENES = (
    Scene("healthy", says(PRIMARY), right=PRIMARY),
    Scene("429", gemini_api.quota(26)),
    Scene("503", gemini_api.OVERLOADED),
    Scene("retired model", gemini_api.error(404, "models/x is not found.", "NOT_FOUND")),
    Scene("malformed answer", Stream(b"data: " + _OTHER + b"\r\n\r\n", plain=_OTHER)),
    Scene("silent", Silence(60)),
    Scene(
        "cut after two tokens",
        Stream(_TWO_TOKENS, cut=True, plain=_said("one two")[:-20]),
    ),
    Scene("ten turns, 429", gemini_api.quota(600), turns=10),
    Scene(
        "503, and 500 once",
        gemini_api.OVERLOADED,
        fallback=(groq_api.error(500, "Internal Server Error"), says(FALLBACK)),
    ),
    Scene("outage of a minute", gemini_api.OVERLOADED, right=PRIMARY, outage=60.0),
)
