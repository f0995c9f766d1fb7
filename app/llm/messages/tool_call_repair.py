"""Read back a tool call that Groq rejected, where it is certain what was meant.

`failed_generation` is the model's own text: the same few calls in some thirty spellings. A
call counts only if its name is declared once tags, fences, prefixes and suffixes are off; no
name is guessed, no code is run, and a call that was cut off is lost. When one of several
calls is uncertain, none is taken. Arguments stay as they were written, "7" for a number too:
the tools read such spellings, whichever way a call has come.
"""

import ast
import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RepairedCall:
    """One tool call, its arguments as they were written."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a rejected generation said: calls to run, or prose that is the answer."""

    calls: tuple[RepairedCall, ...] = ()
    text: str = ""


_WRAPPERS = re.compile(
    r"</?tool[-_]calls?>|</?tool[-_]use>|</?tools?>|<\|?/?tool_calls?(?:_section)?(?:_begin|_end)?\|>"
    r"|<\|python_tag\|>|<\|(?:eom|eot|im|call|end|start)(?:_id|_end|_start)?\|>|\[TOOL_CALLS\]"
    r"|```(?:\w+)?",
    re.IGNORECASE,
)
_FUNCTION_TAG = re.compile(r"<function(?:\s+name)?\s*[=(]\s*[\"']?([\w.:-]+)[\"']?\)?")
_PARAMETER = re.compile(r"<parameter=\s*([\w-]+)\s*>(.*?)</parameter>", re.DOTALL)
_HARMONY = re.compile(r"to=(?:functions\.)?([\w.-]+)[^{}]{0,200}?<\|message\|>\s*(?=\{)")
_DEEPSEEK = re.compile(r"tool\u2581sep\uff5c>\s*([\w.-]+)\s*(?:```(?:json)?)?\s*(?=\{)")
_ATTEMPT = re.compile(
    r"<function|<\|?/?tool|<parameter|<\||\uff5c|\[TOOL_CALLS\]|\"(?:name|arguments|parameters)\""
    r"|\bfunctions\.|\bdefault_api\b|^\s*(?:\{|\[\s*[\[{\w]|```)",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:functions|function|tools|default_api|default)[.:]")
_STRAY_QUOTE = re.compile(r"([\]}])\"(?=\s*[\]},])")
_REST = re.compile(r"[\s>\]})\"'`;,.]*(?:</?function>)?[\s>\]})`;,]*\Z")
_ARGUMENTS = ("arguments", "parameters", "args", "input")
_DECODER = json.JSONDecoder()


class _UncertainError(Exception):
    """It isn't certain what was meant."""


def read_back(generation: str, tools: Collection[str]) -> Repaired | None:
    """Return what a rejected generation meant, or None where that is not certain.

    Args:
        generation: Groq's `failed_generation`.
        tools: The names of the declared tools.
    """
    text = generation.strip()
    if not text:
        return None
    try:
        for read in (_marked, _tagged, _plain_json, _pythonic):
            if found := read(text):
                return Repaired(tuple(_checked(name, args, tools) for name, args in found))
    except _UncertainError:
        return None
    named = any(re.search(rf"\b{re.escape(name)}\s*[({{]", text) for name in tools)
    return None if named or _ATTEMPT.search(text) else Repaired(text=text)


def looks_like_call(text: str) -> bool:
    """Say whether an answer's whole text is a tool call, or calls, and nothing else.

    JSON that names no tool is an answer; so is prose around a call.
    """
    text = text.strip()
    if re.match(r"<\|?/?tool|<function|\[TOOL_CALLS\]|<\|channel\|>|.{0,40}\uff5c", text):
        return True
    try:
        return bool(_plain_json(text) or _pythonic_tool(text))
    except _UncertainError:
        return False


def _pythonic_tool(text: str) -> list[tuple[str, Any]]:
    """Read a call as Python, only where it is marked as a tool's: in prose, `f(x=1)` is text."""
    marked = re.match(
        r"(?:```)?(?:tool_code|python)?\s*(?:print\()?(?:default_api|functions)\.", text
    )
    fenced = text.startswith("```tool_code")
    return _pythonic(text) if marked or fenced else []


def _checked(name: str, args: Any, tools: Collection[str]) -> RepairedCall:
    name = _PREFIX.sub("", name.split("<|", maxsplit=1)[0].strip())
    if name not in tools:
        raise _UncertainError
    if isinstance(args, str):
        args = _value(args)
    if args is None:
        args = {}
    if not isinstance(args, dict):
        raise _UncertainError
    return RepairedCall(name, args)


def _marked(text: str) -> list[tuple[str, Any]]:
    """Read Harmony's and DeepSeek's special tokens, which name the tool before a JSON object."""
    for mark in (_HARMONY, _DEEPSEEK):
        if found := list(mark.finditer(text)):
            return [(match[1], _value(text[match.end() :], alone=False)) for match in found]
    return []


def _tagged(text: str) -> list[tuple[str, Any]]:
    """Read `<function=name>{...}</function>` in all its broken forms, and Qwen's XML."""
    tags = list(_FUNCTION_TAG.finditer(text))
    ends = [*(tag.start() for tag in tags[1:]), len(text)]
    return [
        (tag[1], _tag_body(text[tag.end() : end])) for tag, end in zip(tags, ends, strict=False)
    ]


def _tag_body(body: str) -> Any:
    closed = "</function>" in body
    body = body.split("</function>", maxsplit=1)[0]
    if "<parameter" in body:
        parameters = _PARAMETER.findall(body)
        if not closed or body.count("<parameter") != len(parameters):
            raise _UncertainError
        return {name: value.strip() for name, value in parameters}
    body = _WRAPPERS.sub(" ", body).strip().lstrip(">(),= \n")
    if not body.strip("> \n"):
        if not closed:
            raise _UncertainError
        return {}
    return _value(body)


def _plain_json(text: str) -> list[tuple[str, Any]]:
    """Read one or more JSON values that hold calls and nothing else."""
    bare = _WRAPPERS.sub(" ", text).strip()
    if not bare.startswith(("{", "[")) or re.match(r"\[\s*[A-Za-z_]", bare):
        tagged = re.search(r"<tool[-_]call>|```", text)
        start = bare.find("{")
        if not tagged or start < 0:
            return []
        bare = bare[start:]
    values = _values(bare)
    return [call for value in values for call in _calls_in(value)]


def _values(text: str) -> list[Any]:
    values: list[Any] = []
    while text:
        try:
            value, end = _DECODER.raw_decode(text)
        except (ValueError, RecursionError):
            if values and _REST.fullmatch(text):
                break
            value, end = _value(text), len(text)
        values.append(value)
        text = text[end:].lstrip(" \t\r\n,;")
    return values


def _calls_in(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, list):
        return [call for item in value for call in _calls_in(item)]
    if not isinstance(value, dict):
        raise _UncertainError
    if isinstance(value.get("tool_calls"), list):
        return _calls_in(value["tool_calls"])
    inner = value.get("function")
    if isinstance(inner, dict):
        value = value | inner
    name = value.get("name") or value.get("tool") or value.get("function")
    if not isinstance(name, str):
        raise _UncertainError
    given = [value[key] for key in _ARGUMENTS if key in value]
    if len(given) != 1:
        raise _UncertainError
    return [(name, given[0])]


def _pythonic(text: str) -> list[tuple[str, Any]]:
    """Read `add_task(title="x")`, or a list of such, without running anything."""
    bare = _WRAPPERS.sub(" ", text).strip()
    try:
        tree = ast.parse(bare, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []
    nodes = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
    if not nodes or not all(isinstance(node, ast.Call) for node in nodes):
        return []
    return [_literal_call(node) for node in nodes if isinstance(node, ast.Call)]


def _literal_call(node: ast.Call) -> tuple[str, Any]:
    if node.args or any(keyword.arg is None for keyword in node.keywords):
        raise _UncertainError
    try:
        args = {str(k.arg): ast.literal_eval(k.value) for k in node.keywords}
        return ast.unparse(node.func), json.loads(json.dumps(args))
    except (ValueError, TypeError, SyntaxError, RecursionError):
        raise _UncertainError from None


def _value(text: str, alone: bool = True) -> Any:
    """Return the JSON value at the start of a text, mended where one mend makes it whole."""
    for mend in _MENDS:
        try:
            value, end = _DECODER.raw_decode(mend(text.strip()))
        except (ValueError, RecursionError):
            continue
        if not alone or _REST.fullmatch(mend(text.strip()), end):
            return value
    raise _UncertainError


def _closed(text: str) -> str:
    """Add the one outer brace that is missing; the arguments themselves must be closed."""
    return f"{text}}}" if text.endswith("}") else text


def _unquoted(text: str) -> str:
    return _STRAY_QUOTE.sub(r"\1", text)


_MENDS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    _unquoted,
    _closed,
    lambda text: _closed(_unquoted(text)),
    lambda text: text[1:] if text.startswith(("{{", "[[")) else text,
)
