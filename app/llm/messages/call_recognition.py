"""Say whether an answer's text is a tool call, or calls, and nothing else."""

import ast
import json
import re
from typing import Any

_MARKS = re.compile(
    r"(?:\s|<\|[^|<>\n]{0,40}\|?>|<\uff5c[^\uff5c<>\n]{0,40}\uff5c>|\[TOOL_CALLS\]"
    r"|<(?:\w{1,10}:)?(?:tool[-_]?(?:call|use|code)?s?|function_calls?|start_function_call)>"
    r"|assistant(?=commentary|<)|commentary(?=\s+to=)|```tool\w*|\btool_code\b(?=\s))+",
    re.IGNORECASE,
)
"""What models write before a call."""

_BEGUN = re.compile(
    r"\Z|[\[{]|(?:call:|to=)?[\w.:-]+(?:\(|<|\s*(?:[{\[\n]|<[|\uff5c]|\Z))|to=[\w.]+|print\(|<arg_key>"
    r"|<(?:\w{1,10}:)?invoke\b|<function\b|<parameter\b"
)
"""How a call goes on after such a mark; prose doesn't."""

_TAG = re.compile(r"<function(?:\s+name)?\s*[=(]|<(?:\w{1,10}:)?invoke\s+name=|<parameter=\w")
_HARMONY = re.compile(r"<\|(?:channel|start|message|constrain|call)\|>")
_MARKED_CODE = re.compile(
    r"(?:print\(\s*)?(?:default_api|functions|tools)\.[A-Za-z_]\w*\(|(?:\w+ )?to=functions\."
    r"|call:default_api[:.]\w"
)
_FENCE = re.compile(r"```\w*+\s*+")
_BETWEEN = re.compile(r"[ \t\r\n,;]*")
"""What stands between values of JSON."""

_NAMES = ("name", "tool", "tool_name", "recipient_name", "action")
_INNER = ("function", "function_call", "functionCall", "tool_call")
ARGUMENTS = ("arguments", "parameters", "args", "input", "tool_input", "action_input")
"""The keys under which models write arguments."""

_LISTS = ("tool_calls", "tool_uses", "function_calls")
LONGEST_CODE = 20_000
"""Characters of calls as code. Python's own parser takes the square for some broken texts."""

_NAME = re.compile(r"[\w.:/<>|-]+")
_BROKEN = re.compile(
    rf"[\[{{\s]*\"(?:{'|'.join((*_NAMES, *_INNER, *_LISTS, 'id', 'type', 'call_id'))})\"\s*:"
)
_KEY_OF_CALL = re.compile(rf"\"(?:{'|'.join((*ARGUMENTS, *_INNER, *_LISTS))})\"?\s*(?::|\Z)")


def looks_like_call(text: str) -> bool:
    """Say whether an answer's whole text is a tool call, or calls, and nothing else.

    Cut and broken calls are calls too. JSON that names no tool is an answer; so is prose, though
    there be a call or a tag in it.
    """
    text = text.strip()
    if _TAG.match(text) or _HARMONY.match(text) or _MARKED_CODE.match(text):
        return True
    marks = _MARKS.match(text)
    if marks and marks[0].strip():
        return bool(_BEGUN.match(text, marks.end()))
    if fence := _FENCE.match(text):
        inner = text[fence.end() :].removesuffix("```")
        return "```" not in inner and looks_like_call(inner)
    return _is_json_call(text) or _is_list_of_calls(text)


def name_and_arguments(value: dict[str, Any]) -> tuple[str, Any] | None:
    """Return the name and the arguments in an object that stands for a call; None where it doesn't.

    One that describes a tool, with its parameters, is none.
    """
    for key in _INNER:
        if isinstance(inner := value.get(key), dict):
            value = value | inner
            break
    name = next((value[key] for key in (*_NAMES, "function") if value.get(key)), None)
    given = [value[key] for key in ARGUMENTS if key in value]
    if not isinstance(name, str) or len(given) != 1 or "description" in value:
        return None
    return name, given[0]


def calls_of(value: Any) -> list[Any] | None:
    """Return the list of calls that stands in an object beside nothing else, if there is one."""
    found = (value.get(key) for key in _LISTS) if isinstance(value, dict) else ()
    return next((one for one in found if isinstance(one, list)), None)


def _is_json_call(text: str) -> bool:
    if not text.startswith(("{", "[")):
        return False
    values: list[Any] = []
    position, decoder = 0, json.JSONDecoder()
    while position < len(text):
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            rest = text[position:]
            broken = _BROKEN.match(rest) and _KEY_OF_CALL.search(rest)
            return all(map(_is_call, values)) and bool(
                broken or (values and not rest.strip(']}>"` '))
            )
        values.append(value)
        position = _end_of(_BETWEEN, text, end)
    return all(map(_is_call, values))


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _is_call(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_is_call, value))
    if not isinstance(value, dict):
        return False
    if (calls := calls_of(value)) is not None:
        return _is_call(calls)
    found = name_and_arguments(value)
    if found is None or not _NAME.fullmatch(found[0]):
        return False
    return found[1] is None or isinstance(found[1], dict) or _is_object(found[1])


def _is_object(value: Any) -> bool:
    return isinstance(value, str) and value.strip().startswith("{")


def _is_list_of_calls(text: str) -> bool:
    """Say whether this is `[add_task(title="x")]`, as Llama writes calls."""
    if len(text) > LONGEST_CODE or not re.match(r"\[\s*[A-Za-z_][\w.]*\(", text):
        return False
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return isinstance(tree, ast.List) and all(
        isinstance(one, ast.Call) and not one.args for one in tree.elts
    )
