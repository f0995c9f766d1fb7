"""Make a conversation fit to be read by a model: whose words count, and a result for every call."""

from .dangling_tool_calls import has_dangling_calls, with_results
from .provenance import aamong_own, among_own, note_of, own_state, with_note

__all__ = [
    "aamong_own",
    "among_own",
    "has_dangling_calls",
    "note_of",
    "own_state",
    "with_note",
    "with_results",
]
