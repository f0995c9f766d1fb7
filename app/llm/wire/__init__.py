"""What comes over the wire, read and judged before any client merges or repairs it."""

from .anthropic_frames import AnthropicFrames
from .chat_completion_frames import ChatCompletionFrames
from .frame_values import object_in
from .frames import Frames
from .gemini_frames import GeminiFrames
from .head_filter import without_markup, without_unopened_thoughts
from .hook import response_hook
from .ollama_frames import OllamaFrames
from .record import WireRecord, recording

__all__ = [
    "AnthropicFrames",
    "ChatCompletionFrames",
    "Frames",
    "GeminiFrames",
    "OllamaFrames",
    "WireRecord",
    "object_in",
    "recording",
    "response_hook",
    "without_markup",
    "without_unopened_thoughts",
]
