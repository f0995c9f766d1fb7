"""Hold back what stands at the head of an answer and is no text for the person.

Models that know no separate channel put their thoughts, or a whole tool call, into the text:
`<think>...</think>`, Harmony's `<|channel|>analysis<|message|>...`, `<tool_call>{...}</tool_call>`,
a JSON object. Only the head of an answer is looked at: a tag in the middle of prose is prose.
"""

import re

_OPEN_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>", re.IGNORECASE)
_THOUGHT_TAGS = ("<think>", "<thinking>", "<thought>", "<reasoning>")
_SEGMENT = re.compile(
    r"(?:<\|start\|>\s*assistant)?\s*<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>"
    r"(.*?)(<\|end\|>|<\|return\|>|<\|call\|>|(?=<\|start\|>|<\|channel\|>)|\Z)",
    re.DOTALL,
)
_HOLDS = ("<", "{", "[", "```", "tool_code", "functions.", "default_api.", "print(default_api")
_MARKER = re.compile(r"<\|[^|]{0,40}\|>")


class HeadFilter:
    """Takes an answer's text piece by piece, and gives what may be shown at once.

    `whole` is all text that came, thoughts at the head left out.
    """

    def __init__(self) -> None:
        self._head: str | None = ""
        self._open: str | None = None
        self._had_thoughts = False
        self.whole = ""

    @property
    def held(self) -> bool:
        """Say whether text is held back."""
        return bool(self._head)

    def feed(self, piece: str) -> str:
        """Return what of the text may be shown now."""
        if self._head is None:
            self.whole += piece
            return piece
        self._head += piece
        self._drop_thoughts()
        if self._open is not None or self._undecided():
            return ""
        return self.release()

    def end(self) -> str:
        """Return what is held of an answer that has ended, Harmony's markup resolved."""
        if self._open is not None:
            self._head, self._open = "", None  # thoughts that never closed
        if self._head and "<|" in self._head:
            self._head = _spoken(self._head)
        return self._head or ""

    def release(self) -> str:
        """Give up the head: it is text for the person."""
        shown, self._head = self._head or "", None
        self.whole += shown
        return shown

    def _drop_thoughts(self) -> None:
        assert self._head is not None
        while True:
            if self._open is not None:
                end = re.search(rf"</{self._open}>", self._head, re.IGNORECASE)
                if end is None:
                    return
                self._head, self._open = self._head[end.end() :], None
            if self._had_thoughts:
                self._head = self._head.lstrip()
            begun = _OPEN_THOUGHT.match(self._head.lstrip())
            if begun is None:
                return
            self._open, self._had_thoughts = begun[1], True
            self._head = self._head.lstrip()[begun.end() :]

    def _undecided(self) -> bool:
        """Say whether the head may still turn out to be a thought or a call."""
        head = (self._head or "").lstrip().lower()
        if not head:
            return True
        return any(head.startswith(mark) or mark.startswith(head) for mark in _HOLDS) or any(
            tag.startswith(head) for tag in _THOUGHT_TAGS
        )


def _spoken(text: str) -> str:
    """Return what a text in Harmony says to the person: its final channel, or its call as it is."""
    segments = list(_SEGMENT.finditer(text))
    if not segments:
        return text
    final = [segment[2] for segment in segments if segment[1] == "final"]
    calls = [
        segment[0] for segment in segments if segment[1] == "commentary" and "to=" in segment[0]
    ]
    if calls:
        return "".join(calls)
    return _MARKER.sub("", "".join(final)).strip()
