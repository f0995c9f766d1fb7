"""Read the format that gpt-oss thinks, calls and speaks in, where a server leaves it in the text.

`<|channel|>analysis<|message|>...<|end|><|start|>assistant<|channel|>final<|message|>...<|return|>`
Some servers take the tokens out and leave the words: `analysis...assistantfinal...`.
"""

import re

HARMONY_HEAD = re.compile(
    r"(?:a|an|ana|anal|analy|analys|analysi|analysis"
    r"|c|co|com|comm|comme|commen|comment|commenta|commentar|commentary|f|fi|fin|fina|final)\Z"
    r"|(?:analysis|commentary|final)\s?(?:<\||<\Z|to=|to\Z|t\Z|\Z)|analysis[A-Z]"
)
"""A head that is Harmony, or may become it, once its first token is lost."""

_SEGMENT = re.compile(
    r"(?:<\|start\|>)?(?P<asked>[^<]{0,80}+)<\|channel\|>\s*+(?P<channel>\w++)"
    r"(?P<header>[^<]{0,80}+(?:<\|constrain\|>[^<]{0,40}+)?)<\|message\|>"
    r"(?P<text>.*?)(?:<\|end\|>|<\|return\|>|<\|call\|>|(?=<\|start\|>|<\|channel\|>)|\Z)",
    re.DOTALL,
)
_TOKENS_LOST = re.compile(r"analysis(?=[A-Z]).*?(?:assistant(?=commentary|final)|\Z)", re.DOTALL)
_CHANNEL_LOST = re.compile(r"(?:analysis|commentary|final)\b[^<]{0,80}<\|")
_MARKER = re.compile(r"<\|(?:start|end|message|return|call|channel|constrain)\|>(?:assistant\b)?")


def spoken(text: str) -> str:
    """Return what a text in Harmony says to the person, or its calls as they are.

    A text that isn't in Harmony is returned as it is.
    """
    bare = text.lstrip()
    if lost := _TOKENS_LOST.match(bare):
        return bare[lost.end() :].removeprefix("final").strip()
    if bare.startswith("assistantfinal"):
        return bare.removeprefix("assistantfinal").strip()
    if _CHANNEL_LOST.match(bare):
        bare = f"<|channel|>{bare}"
    if not bare.startswith("<|"):
        return text
    segments = list(_SEGMENT.finditer(bare))
    if not segments:
        return text if "<|channel|>" in bare else _said(bare, text)
    if calls := [one[0] for one in segments if "to=" in one["asked"] + one["header"]]:
        return "".join(calls)
    for channel in ("final", "commentary"):
        if said := [one["text"] for one in segments if one["channel"] == channel]:
            return _MARKER.sub("", "".join(said)).strip()
    return _MARKER.sub("", bare[segments[-1].end() :]).strip()


def _said(bare: str, text: str) -> str:
    """Return the message of a text that names no channel."""
    head = re.match(r"(?:<\|start\|>\s*assistant)?\s*<\|message\|>", bare)
    return _MARKER.sub("", bare[head.end() :]).strip() if head else text
