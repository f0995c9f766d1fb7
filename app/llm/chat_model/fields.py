"""Hold what a chat model over the chain is made with, and what is known of it without a call."""

from collections.abc import Sequence
from typing import Any, Self

from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import BaseMessage, HumanMessage
from pydantic import Field, model_validator

from ...settings import Settings
from ..messages import estimate_tokens
from ..providers import Place, places
from .arguments import OPTIONS, Arguments, BoundTools, read_arguments

_UNUSED = "api_key"
"""An argument that hosts give to any chat model; here each model has a setting for its key."""


class ChainModelFields(BaseChatModel):
    """What a chat model over the chain is made with; all but `settings` may come with a call."""

    settings: Settings = Field(default_factory=Settings.load, exclude=True, repr=False)
    """Which models there are, with which keys."""

    model: str | None = None
    """The place of the chain to ask first, such as `groq`; None keeps the chain's order."""

    temperature: float | None = None
    """From 0 to 2; None leaves it to each provider."""

    max_tokens: int | None = None
    """The longest answer in tokens; None takes `MAX_OUTPUT_TOKENS`."""

    timeout: float | None = None
    """Seconds for the whole call, however many models are asked; None takes `TURN_TIMEOUT`."""

    max_retries: int | None = None
    """How often a model that failed by a passing fault is asked again, once nobody else is left.

    0 asks each once at most; None gives each one more try, and `RETRY_IN_PLACE` holds.
    """

    stop: list[str] | str | None = None
    """The texts at which an answer ends."""

    streaming: bool = False
    """Has no effect: callbacks hear of tokens in any case."""

    @model_validator(mode="before")
    @classmethod
    def _only_known(cls, given: Any) -> Any:
        """Refuse arguments that aren't known, such as misspelt ones."""
        unknown = sorted(set(given) - {*cls.model_fields, _UNUSED})
        if unknown:
            told = ", ".join(("settings", *OPTIONS))
            raise ValueError(f"{cls.__name__} takes no {', '.join(unknown)}; it takes {told}.")
        return given

    @model_validator(mode="after")
    def _possible(self) -> Self:
        """Refuse values that can't be."""
        self._arguments(None, {})
        names = [place.name for place in self.settings.places]
        if self.model is not None and self.model not in names:
            raise ValueError(f'model "{self.model}" is not in the chain, which has {names}.')
        return self

    def get_num_tokens(self, text: str) -> int:
        """Return about how many tokens a text has, for any of the models.

        Args:
            text: The text.
        """
        return self.get_num_tokens_from_messages([HumanMessage(text)])

    def get_num_tokens_from_messages(
        self, messages: Sequence[BaseMessage], tools: Sequence[Any] | None = None
    ) -> int:
        """Return about how many tokens messages have, for any of the models.

        Args:
            messages: The messages.
            tools: What is declared beside them.
        """
        declared = BoundTools(self._arguments(None, {"tools": tools}).tools) if tools else ()
        return estimate_tokens([*messages, *(HumanMessage(str(each)) for each in declared)])

    @property
    def _llm_type(self) -> str:
        return "task-relay"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in OPTIONS}
        models = [f"{place.name}:{place.model}" for place in self._places()]
        return {"models": models} | {k: v for k, v in fields.items() if v is not None}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        params = super()._get_ls_params(stop=stop, **kwargs)
        params["ls_provider"] = "task-relay"
        if not params.get("ls_model_name"):
            params["ls_model_name"] = next((p.model for p in self._places()), "none")
        return params

    def _places(self) -> list[Place]:
        """Return the models that can be asked."""
        return [place for place in places(self.settings) if place.usable]

    def _arguments(self, stop: list[str] | None, given: dict[str, Any]) -> Arguments:
        fields = {name: getattr(self, name) for name in OPTIONS}
        return read_arguments(fields, {**given, "stop": stop or given.get("stop")})
