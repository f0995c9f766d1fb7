"""Hold back what stands at the head of an answer and is no text for the person.

Models that know no separate channel put their thoughts, or a whole tool call, into the text:
`<think>...</think>`, Harmony's `<|channel|>analysis<|message|>...`, `<tool_call>{...}</tool_call>`,
a JSON object. Only the head of an answer is looked at: a tag in the middle of prose is prose. At
the answer's end the tokens that end a model's turn are cut off.
"""

import re

from .harmony import HARMONY_HEAD, spoken

_NAMES = (
    *("think", "thinking", "thought", "thoughts", "reasoning", "reason", "reflection"),
    *("scratchpad", "seed:think", "mm:think"),
)
_THOUGHTS = {f"<{name}>": f"</{name}>" for name in _NAMES} | {
    "[think]": "[/think]",
    "\u25c1think\u25b7": "\u25c1/think\u25b7",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|start_thinking|>": "<|end_thinking|>",
    "<|inner_prefix|>": "<|inner_suffix|>",
    "<|channel>thought": "<channel|>",
    "<unused94>": "<unused95>",
}
"""How thoughts begin and end, in small letters: Qwen, DeepSeek, Magistral, Kimi, Cohere, Gemma."""

_DROPPED = (
    *_THOUGHTS.values(),
    *("<|begin_of_solution|>", "<|start_response|>", "<|im_start|>assistant", "<|assistant|>"),
)
"""What is dropped at a head: the end of thoughts that began before it, the beginning of a text."""

_ENDS = (
    *("<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<|return|>", "<|endoftext|>"),
    *("<|end_of_text|>", "<|end_of_solution|>", "<|END_RESPONSE|>", "<|end_of_turn|>"),
    *("</s>", "<end_of_turn>", "</answer>", "<\uff5cend\u2581of\u2581sentence\uff5c>"),
)
"""The tokens that end a model's turn."""

_HOLDS = (
    *("<|", "<\uff5c", "<tool", "<function", "<invoke", "<antml", "<start_function_call"),
    *("[tool_calls]", "tool_code", "functions.", "default_api.", "to=functions", "commentary to="),
    *(
        "call:default_api",
        "print(default_api",
        "print(functions",
        "assistantcommentary",
        "assistantfinal",
    ),
)
"""How calls begin, in small letters; such a text is held to its end."""

_OPEN = re.compile("|".join(map(re.escape, _THOUGHTS)), re.IGNORECASE)
_OPEN_WITH_MORE = re.compile(rf"<({'|'.join(_NAMES)})\s[^<>]{{0,80}}(>|\Z)", re.IGNORECASE)
_DROP = re.compile("|".join(map(re.escape, _DROPPED)), re.IGNORECASE)
_END = re.compile(rf"(?:{'|'.join(map(re.escape, _ENDS))})\s*\Z", re.IGNORECASE)
_FENCE = re.compile(r"```(\w*)(\s*)")
_FENCED_CALLS = ("", "json", "xml", "python", "tool_code", "tool_call", "tool_calls")
_JSON = re.compile(r"\{\s*(?:[\"'{]|\Z)|\[\s*(?:[\"'{\[]|\Z|[A-Za-z_][\w.]*(?:\(|\Z))")
_UNOPENED = re.compile(
    rf"\A(?:(?!<(?:{'|'.join(_NAMES)})\b|```).)*?^[ \t]*</(?:{'|'.join(_NAMES)})>[ \t]*$",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_WINDOW = 60
_LONG = 256
"""Characters of a head from which it is looked at again only when it has grown by a half."""


class HeadFilter:
    """Takes an answer's text piece by piece, and gives what may be shown at once.

    Args:
        calls: Whether a text may be a tool call; where not, what looks like one is shown at once.
    """

    def __init__(self, *, calls: bool = True) -> None:
        self._calls = calls
        self._head: str | None = ""
        self._close: str | None = None
        self._had_thoughts = False
        self._tail = ""
        self._waiting: list[str] = []
        self._waits = 0

    @property
    def held(self) -> bool:
        """Say whether text is held back."""
        return bool(self._head or self._close or self._tail)

    @property
    def undecided(self) -> bool:
        """Say whether the head may still turn out to be a thought or a call, or is in a thought."""
        return bool(self._head or self._close)

    def feed(self, piece: str) -> str:
        """Return what of the text may be shown now."""
        if self._head is not None:
            if self._put_off(piece):
                return ""
            self._join()
            self._drop_thoughts()
            if self._close is not None or self._undecided():
                return ""
            piece, self._head = self._head, None
        text = self._tail + piece
        cut = _where_it_ends(text)
        self._tail = text[cut:]
        return text[:cut]

    def _put_off(self, piece: str) -> bool:
        """Take a piece of a head; say whether it isn't looked at yet."""
        self._waiting.append(piece)
        self._waits += len(piece)
        head = len(self._head or "")
        return head >= _LONG and self._waits < head // 2

    def _join(self) -> None:
        if self._waiting:
            self._head = "".join([self._head or "", *self._waiting])
            self._waiting, self._waits = [], 0

    def end(self) -> str:
        """Return what is held of an answer that has ended, its markup resolved."""
        if self._waiting:
            self._join()
            self._drop_thoughts()
        if self._head is None:
            self._tail = _without_end(self._tail)
            return self._tail
        if self._close is not None:
            self._head, self._close = "", None  # thoughts that never closed
        self._head = _without_end(spoken(self._head))
        return self._head

    def release(self) -> str:
        """Give up what is held: it is text for the person."""
        self._join()
        shown = (self._head or "") + self._tail
        self._head, self._close, self._tail = None, None, ""
        return shown

    def _drop_thoughts(self) -> None:
        assert self._head is not None
        while True:
            if self._close is not None:
                end = re.search(re.escape(self._close), self._head, re.IGNORECASE)
                if end is None:
                    self._head = self._head[1 - len(self._close) :]  # its end may come in pieces
                    return
                self._head, self._close = self._head[end.end() :], None
            head = self._head.lstrip()
            if self._had_thoughts:
                self._head = head.removeprefix("<answer>").lstrip()
                head = self._head
            opened, more = _OPEN.match(head), _OPEN_WITH_MORE.match(head)
            if opened:
                self._close = _THOUGHTS[opened[0].lower()]
            elif more and more[2]:
                self._close, opened = f"</{more[1].lower()}>", more
            elif not (opened := _DROP.match(head)):
                return
            self._head, self._had_thoughts = head[opened.end() :], True

    def _undecided(self) -> bool:
        """Say whether the head may still turn out to be a thought or a call."""
        head = (self._head or "").lstrip()
        low = head[:_WINDOW].lower()
        if not head or HARMONY_HEAD.match(head) or _OPEN_WITH_MORE.match(head):
            return True
        if any(mark.startswith(low) for mark in (*_THOUGHTS, *_DROPPED)):
            return True
        if self._had_thoughts and "<answer>".startswith(low):
            return True
        return self._calls and self._may_be_call(head, low)

    @staticmethod
    def _may_be_call(head: str, low: str) -> bool:
        if "```".startswith(low):
            return True
        if any(mark.startswith(low) or low.startswith(mark) for mark in _HOLDS):
            return True
        if fence := _FENCE.match(head):
            inner = head[fence.end() :]
            named = any(lang.startswith(fence[1].lower()) for lang in _FENCED_CALLS)
            if not fence[2] or not inner:
                return named
            held = fence[1].lower().startswith("tool") or inner.startswith(_HOLDS)
            return fence[1].lower() in _FENCED_CALLS and (held or bool(_JSON.match(inner)))
        return bool(_JSON.match(head))


def without_markup(text: str) -> str:
    """Return what of a whole text is for the person, or is a call."""
    head = HeadFilter()
    return head.feed(text) + head.end()


def without_unopened_thoughts(text: str) -> str:
    """Return what follows thoughts that have an end alone, on a line of its own.

    Where a server's template opens them, nothing tells them before they end. A tag inside a line
    is prose, and one in a fence is code.
    """
    ended = _UNOPENED.match(text) if "</" in text else None
    return text[ended.end() :].lstrip() if ended else text


def _where_it_ends(text: str) -> int:
    """Return where the tokens that end a turn begin; they may still be coming."""
    cut = len(text)
    begun = text.rfind("<", max(0, cut - _WINDOW))
    if begun < 0:
        return cut
    if any(end.startswith(text[begun:]) for end in _ENDS):
        cut = begun
    while found := _END.search(text, max(0, cut - _WINDOW), cut):
        cut = found.start()
    return cut


def _without_end(text: str) -> str:
    cut = len(text)
    while found := _END.search(text, max(0, cut - _WINDOW), cut):
        cut = found.start()
    return text[:cut]
