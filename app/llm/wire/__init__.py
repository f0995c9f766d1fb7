"""What comes over the wire, read and judged before any client merges or repairs it."""

from .anthropic_frames import AnthropicFrames
from .chat_completion_frames import ChatCompletionFrames
from .frames import Frames
from .gemini_frames import GeminiFrames
from .head_filter import without_markup
from .ollama_frames import OllamaFrames
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
