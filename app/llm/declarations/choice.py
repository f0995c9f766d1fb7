"""Read which tool a model must call, in all the ways in which hosts say it."""

from collections.abc import Mapping, Sequence
from typing import Any

ANY = "any"
"""One of the tools has to be called."""

NONE = "none"
"""No tool may be called."""

_WORDS = {"auto": None, "any": ANY, "required": ANY, "none": NONE}


def read_choice(given: Any, names: Sequence[str]) -> str | None:
    """Return a choice: `ANY`, `NONE`, a tool's name, or None where it is left to the model.

    Args:
        given: A word, a tool's name, True (one has to be called), False or None (the model
            decides), or a dictionary in the form of OpenAI, Anthropic or Gemini.
        names: What the tools are called.

    Raises:
        ValueError: It is none of these, or names no tool.
    """
    if given is None or given is False:
        return None
    if given is True:
        return _known(ANY, names)
    if isinstance(given, Mapping):
        return _in_dictionary(given, names)
    if isinstance(given, str):
        if given in names:
            return given
        if given in _WORDS:
            return _known(_WORDS[given], names)
        listed = ", ".join(names) or "none"
        raise ValueError(f'tool_choice "{given}" is no tool here; there are: {listed}.')
    raise ValueError(_not_understood(given))


def _in_dictionary(given: Mapping[str, Any], names: Sequence[str]) -> str | None:
    config = given.get("function_calling_config", given.get("functionCallingConfig", given))
    if isinstance(config, Mapping) and isinstance(config.get("mode"), str):
        return _of_gemini(config, names)
    kind = given.get("type")
    inner = given.get("function") if kind == "function" else given
    if kind in ("function", "tool") and isinstance(inner, Mapping):
        name = inner.get("name")
        if isinstance(name, str) and name:
            return read_choice(name, names)
    if isinstance(kind, str) and kind in _WORDS:
        return read_choice(kind, names)
    raise ValueError(_not_understood(given))


def _of_gemini(config: Mapping[str, Any], names: Sequence[str]) -> str | None:
    allowed = config.get("allowed_function_names", config.get("allowedFunctionNames")) or []
    if len(allowed) == 1 and config["mode"].upper() == "ANY":
        return read_choice(allowed[0], names)
    if allowed and set(allowed) != set(names):
        raise ValueError(
            "tool_choice can't name some of the tools: bind those only, with tool_choice='any'."
        )
    return read_choice(config["mode"].lower(), names)


def _known(choice: str | None, names: Sequence[str]) -> str | None:
    if choice == ANY and not names:
        raise ValueError("tool_choice asks for a tool call, but no tool is bound.")
    return choice


def _not_understood(given: Any) -> str:
    return (
        f"tool_choice can't be {str(given)[:80]!r}: give 'any', 'auto', 'none', a tool's name, "
        "True or False, or a dictionary as OpenAI or Anthropic have it."
    )
