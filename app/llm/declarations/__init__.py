"""What a model may call: tools of any shape, read, named and told to each provider."""

from .any_shape import BuiltIn, Function
from .choice import ANY, NONE
from .fitting import fitted
from .gemini_schema import as_gemini_schema
from .json_schemas import plain
from .names import sent_name
from .tool_set import NO_TOOLS, ToolSet

__all__ = [
    "ANY",
    "NONE",
    "NO_TOOLS",
    "BuiltIn",
    "Function",
    "ToolSet",
    "as_gemini_schema",
    "fitted",
    "plain",
    "sent_name",
]
