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
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from .call_markup import WRAPPERS, marked, tagged
from .call_recognition import LONGEST_CODE, calls_of, looks_like_call, name_and_arguments
from .lenient_json import UncertainError, values_in
from .tool_names import unwrapped


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


_ATTEMPT = re.compile(
    r"<function|<\|?/?tool|<parameter|<\||\uff5c|\[TOOL_CALLS\]|\"(?:name|arguments|parameters)\""
    r"|\bfunctions\.|\bdefault_api\b|^\s*(?:\{|\[\s*[\[{\w]|```)",
    re.IGNORECASE,
)


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
        for read in (marked, tagged, _plain_json, _pythonic):
            if found := read(text):
                return Repaired(tuple(_checked(name, args, tools) for name, args in found))
    except UncertainError:
        return None
    if looks_like_call(text):
        return None
    named = any(re.search(rf"\b{re.escape(name)}\s*[({{]", text) for name in tools)
    return None if named or _ATTEMPT.search(text) else Repaired(text=text)


def _checked(name: str, args: Any, tools: Collection[str]) -> RepairedCall:
    declared = unwrapped(name, tools)
    if declared is None:
        raise UncertainError
    if isinstance(args, str):
        args = _whole(args)
    if args is None:
        args = {}
    if not isinstance(args, dict):
        raise UncertainError
    return RepairedCall(declared, args)


def _whole(text: str) -> Any:
    """Read arguments that are JSON inside a text; nothing is mended, or cut ones would run."""
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        raise UncertainError from None


def _plain_json(text: str) -> list[tuple[str, Any]]:
    """Read one or more JSON values that hold calls and nothing else."""
    bare = WRAPPERS.sub(" ", text).strip()
    if not bare.startswith(("{", "[")) or re.match(r"\[\s*[A-Za-z_]", bare):
        tagged = re.search(r"<tool[-_]call>|```", text)
        start = bare.find("{")
        if not tagged or start < 0:
            return []
        bare = bare[start:]
    values = values_in(bare)
    return [call for value in values for call in _calls_in(value)]


def _calls_in(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, list):
        return [call for item in value for call in _calls_in(item)]
    if not isinstance(value, dict):
        raise UncertainError
    if (calls := calls_of(value)) is not None:
        return _calls_in(calls)
    found = name_and_arguments(value)
    if found is None:
        raise UncertainError
    return [found]


def _pythonic(text: str) -> list[tuple[str, Any]]:
    """Read `add_task(title="x")`, or a list of such, without running anything."""
    bare = WRAPPERS.sub(" ", text).strip()
    if len(bare) > LONGEST_CODE:
        return []
    try:
        tree = ast.parse(bare)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []
    nodes = [node for line in tree.body for node in _expressions(line)]
    if not nodes or not all(isinstance(node, ast.Call) for node in nodes):
        return []
    return [_literal_call(node) for node in nodes if isinstance(node, ast.Call)]


def _expressions(line: ast.stmt) -> list[ast.expr | None]:
    """Return what may be calls in a line of code: itself, what it prints, or what it lists."""
    if not isinstance(line, ast.Expr):
        return [None]
    node = line.value
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "print" and len(node.args) == 1:
        node = node.args[0]
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else [node]


def _literal_call(node: ast.Call) -> tuple[str, Any]:
    if node.args or any(keyword.arg is None for keyword in node.keywords):
        raise UncertainError
    try:
        args = {str(k.arg): _literal(k.value) for k in node.keywords}
        return ast.unparse(node.func), json.loads(json.dumps(args))
    except (ValueError, TypeError, SyntaxError, RecursionError):
        raise UncertainError from None


def _literal(node: ast.expr) -> Any:
    """Return a literal of Python, or one of the three words that JSON has for it."""
    if isinstance(node, ast.Name) and node.id in _WORDS:
        return _WORDS[node.id]
    return ast.literal_eval(node)


_WORDS = {"true": True, "false": False, "null": None}
