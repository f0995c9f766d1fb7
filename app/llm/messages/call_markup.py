"""Read tool calls that stand in a model's own markup: tags and special tokens.

Each dialect is read as pairs of a name and arguments, both as they were written.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from .lenient_json import UncertainError, value_at
from .loose_object import loose_object

Found = list[tuple[str, Any]]

WRAPPERS = re.compile(
    r"</?(?:\w{1,10}:)?(?:tool[-_]calls?|tool[-_]use|tools?|function_calls?)>"
    r"|<\|?/?tool_calls?(?:_section)?(?:s_section)?(?:_begin|_end)?\|?>"
    r"|<\|python_tag\|>|<\|(?:eom|eot|im|call|end|start)(?:_id|_end|_start)?\|>|\[/?TOOL_CALLS\]"
    r"|<\|(?:start|end)_action\|>|```(?:\w+)?|\A\s*tool_code\b",
    re.IGNORECASE,
)
"""What stands around calls and says nothing more."""

_MOST_CALLS = 100
_NAME = r"([\w.:-]++)"
_BEFORE_JSON = tuple(
    re.compile(pattern)
    for pattern in (
        r"to=([\w.-]++)(?:[^{}]{0,200}?<\|message\|>|[ \w]{0,20}?)\s*+(?=\{)",  # Harmony
        r"tool\u2581sep\uff5c>\s*+([\w.-]++)\s*+(?:```(?:json)?)?\s*+(?=\{)",  # DeepSeek
        rf"<\|tool_call_begin\|>\s*{_NAME}\s*<\|tool_call_argument_begin\|>\s*(?=\{{)",  # Kimi
        rf"\[TOOL_CALLS\]\s*+{_NAME}\s*+(?:\[CALL_ID\]\s*+\w++\s*+)?"
        r"(?:\[ARGS\])?\s*+(?=\{)",  # Mistral
        rf"<tool_call>\s*{_NAME}\s*\(?(?=\{{)",
    )
)
_FUNCTION_TAG = re.compile(r"<function(?:\s+name)?\s*[=(]\s*[\"']?([\w.:-]+)[\"']?\)?")
_PARAMETER = re.compile(r"<parameter=\s*([\w-]+)\s*>"), re.compile("</parameter>")
_INVOKE = re.compile(r"<(?:\w{1,10}:)?invoke\s+name=[\"']([^\"'<>]{1,200})[\"']\s*>")
_INVOKED = (
    re.compile(r"<(?:\w{1,10}:)?parameter\s+name=[\"']([\w-]+)[\"'][^<>]{0,40}>"),
    re.compile(r"</(?:\w{1,10}:)?parameter>"),
)
_GLM = re.compile(r"<tool_call>\s*([\w.:-]+)\s*(?=<arg_key>|</tool_call>)")
_GLM_PAIR = (
    re.compile(r"<arg_key>\s*([\w-]+)\s*</arg_key>\s*<arg_value>"),
    re.compile("</arg_value>"),
)
_GEMMA = re.compile(r"(?:<start_function_call>|<\|tool_call>)\s*call:([\w.-]+)\s*(?=\{)")
_GEMMA_END = re.compile(r"<end_function_call>|<tool_call\|>")
_GEMINI = re.compile(r"(?:\A\s*|(?<=\})\s*|\n[^\S\n]*)call:([\w.:-]+?)\s*(?=\{)")


def marked(text: str) -> Found:
    """Read what names the tool between special tokens, before its arguments.

    Raises:
        UncertainError: The call isn't whole.
    """
    for mark in _BEFORE_JSON:
        if found := list(mark.finditer(text)):
            if len(found) > _MOST_CALLS:
                raise UncertainError
            return [(match[1], value_at(text[match.end() :], alone=False)) for match in found]
    return _read(text, _GEMMA, _gemma_body) or _read(text, _GEMINI, loose_object)


def tagged(text: str) -> Found:
    """Read `<function=name>{...}</function>` in all its broken forms, and XML.

    Raises:
        UncertainError: The call isn't whole.
    """
    for mark, body in ((_FUNCTION_TAG, _tag_body), (_INVOKE, _invoked), (_GLM, _glm_body)):
        if found := _read(text, mark, body):
            return found
    return []


def _read(text: str, mark: re.Pattern[str], read: Callable[[str], Any]) -> Found:
    """Read the arguments of each call between its mark and the next one."""
    marks = list(mark.finditer(text))
    ends = [*(one.start() for one in marks[1:]), len(text)]
    return [(one[1], read(text[one.end() : end])) for one, end in zip(marks, ends, strict=False)]


def _tag_body(body: str) -> Any:
    closed = "</function>" in body
    body = body.split("</function>", maxsplit=1)[0]
    if "<parameter" in body:
        return dict(_pairs(body, _PARAMETER, "<parameter", closed=closed))
    body = WRAPPERS.sub(" ", body).strip().lstrip(">(),= \n")
    if not body.strip("> \n"):
        if not closed:
            raise UncertainError
        return {}
    return value_at(body)


def _invoked(body: str) -> Any:
    inner, end, _ = body.partition("invoke>")
    return dict(_pairs(inner, _INVOKED, "parameter name=", closed=bool(end)))


def _glm_body(body: str) -> Any:
    inner, end, _ = body.partition("</tool_call>")
    return dict(_pairs(inner, _GLM_PAIR, "<arg_key>", closed=bool(end)))


def _pairs(
    body: str, pair: tuple[re.Pattern[str], re.Pattern[str]], begin: str, *, closed: bool
) -> Iterator[tuple[str, str]]:
    """Yield what stands between each name and the end of its value, every one whole."""
    head, end = pair
    found, position = 0, 0
    while name := head.search(body, position):
        closing = end.search(body, name.end())
        if closing is None:
            raise UncertainError
        yield name[1], body[name.end() : closing.start()].strip()
        found, position = found + 1, closing.end()
    if not closed or body.count(begin) != found:
        raise UncertainError


def _gemma_body(body: str) -> Any:
    inner, *end = _GEMMA_END.split(body, maxsplit=1)
    if not end:
        raise UncertainError
    return loose_object(inner)
