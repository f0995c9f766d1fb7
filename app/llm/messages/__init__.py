"""What is sent and what comes back: shapes of messages, trimming, repair of tool calls."""

from .attachments import attachments_in
from .call_recognition import looks_like_call
from .framing import CUT, NOTICE
from .kept_answer import (
    undeclared,
    with_declared_names,
    with_sent_calls,
    without_thoughts,
)
from .provider_shapes import (
    PROVIDER,
    SIGNER,
    Recipient,
    for_gemini,
    in_plain_strings,
    is_signed,
    more_than_words,
)
from .told import BLOCKED, DECLINED_BY, FAILED
from .tool_call_repair import read_back
from .tool_names import sent_name
from .trimming import CHARACTERS_A_TOKEN, estimate_tokens, fit, tighter
from .unseen import with_unseen

__all__ = [
    "BLOCKED",
    "CHARACTERS_A_TOKEN",
    "CUT",
    "DECLINED_BY",
    "FAILED",
    "NOTICE",
    "PROVIDER",
    "SIGNER",
    "Recipient",
    "attachments_in",
    "estimate_tokens",
    "fit",
    "for_gemini",
    "in_plain_strings",
    "is_signed",
    "looks_like_call",
    "more_than_words",
    "read_back",
    "sent_name",
    "tighter",
    "undeclared",
    "with_declared_names",
    "with_sent_calls",
    "with_unseen",
    "without_thoughts",
]
