"""What is sent and what comes back: shapes of messages, trimming, repair of tool calls."""

from .provider_shapes import FAILED, NOTICE, PROVIDER, for_gemini, in_plain_strings
from .tool_call_repair import looks_like_call, read_back
from .trimming import CHARACTERS_A_TOKEN, estimate_tokens, fit, tighter

__all__ = [
    "CHARACTERS_A_TOKEN",
    "FAILED",
    "NOTICE",
    "PROVIDER",
    "estimate_tokens",
    "fit",
    "for_gemini",
    "in_plain_strings",
    "looks_like_call",
    "read_back",
    "tighter",
]
