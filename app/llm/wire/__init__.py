"""What comes over the wire, read and judged before any client merges or repairs it."""

from .frames import AnthropicFrames, ChatCompletionFrames, Frames, GeminiFrames, OllamaFrames
from .head_filter import without_markup
from .record import WireRecord, recording
from .rewriting import response_hook

__all__ = [
    "AnthropicFrames",
    "ChatCompletionFrames",
    "Frames",
    "GeminiFrames",
    "OllamaFrames",
    "WireRecord",
    "recording",
    "response_hook",
    "without_markup",
]
