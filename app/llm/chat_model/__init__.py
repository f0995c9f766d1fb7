"""A chat model of LangChain's over the whole chain, for other people's programs."""

from .asking import Engine
from .model import ChainModel
from .no_answer import NoAnswerError

__all__ = ["ChainModel", "Engine", "NoAnswerError"]
