"""Ask the chain for a host: one call, its pieces, its whole answer, and what is kept of it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from langchain_core.messages import AIMessage, BaseMessage

from ...clock import Clock
from ...settings import Settings
from ...telemetry import Alerts, LedgerEntry, TurnIds, current_ids
from .. import failover_log
from ..attempts import Attempts, ledger_entries
from ..call import ModelCall
from ..chain import ModelChain
from ..failures import ModelCallError
from ..messages import CUT
from ..plan import Plan
from .arguments import Arguments
from .no_answer import no_answer
from .pieces import Piece, PieceReceiver

ATTEMPTS = "attempts"
"""Key in `response_metadata` of the attempts that led to an answer."""

_MODEL_NAME = "model_name"
"""Key in `response_metadata` by which LangChain counts tokens."""


class Engine(Protocol):
    """What a chat model needs of the container."""

    settings: Settings
    clock: Clock
    chain: ModelChain
    alerts: Alerts

    def note(self, entries: Sequence[LedgerEntry]) -> None:
        """Keep attempts in the ledger and tell metrics of them; nothing waits for it."""


class Question:
    """One call of the chain.

    Args:
        engine: What was wired.
        messages: The conversation.
        arguments: What else the call was given.
        binding: Whether pieces that were put out can't be taken back.
    """

    def __init__(
        self,
        engine: Engine,
        messages: Sequence[BaseMessage],
        arguments: Arguments,
        *,
        binding: bool = False,
    ) -> None:
        self._engine = engine
        self._messages = messages
        self._arguments = arguments
        self._binding = binding
        self.answer: AIMessage | None = None
        self.attempt = 0

    async def ask(self, put: Callable[[Piece], None] | None = None) -> AIMessage:
        """Return the whole answer.

        Args:
            put: Takes its pieces as they come; None where nobody listens.

        Raises:
            NoAnswerError: No model gave a whole one.
            InputError: The chain has no place of the name that is to be asked first.
        """
        engine, arguments = self._engine, self._arguments
        receiver = PieceReceiver(put, binding=self._binding, only_calls=arguments.tools.forced)
        ids = current_ids() or TurnIds(user=engine.settings.user)
        attempts = _attempts(ids.user)
        call = ModelCall(self._messages, attempts, self._plan(), receiver=receiver)
        answer = None
        try:
            answer = await engine.chain.answer(call)
        except ModelCallError:
            pass
        finally:  # also when the caller gives up: those calls were made too
            self._note(attempts, ids, answered=answer is not None)
        if answer is None:
            missing = engine.chain.missing
            raise no_answer(attempts.made, missing, half_said=receiver.handed_on)
        self.answer = _whole(answer, attempts)
        self.attempt = receiver.attempt
        receiver.end(self.answer)
        return self.answer

    def _plan(self) -> Plan:
        engine, arguments = self._engine, self._arguments
        timeout = arguments.timeout or engine.settings.turn_timeout
        return Plan(
            engine.chain.order(arguments.model),
            engine.clock.monotonic() + timeout,
            arguments.tools,
            options=arguments.options,
            retries=arguments.retries,
            models_only=True,
        )

    def _note(self, attempts: Attempts, ids: TurnIds, *, answered: bool) -> None:
        entries = ledger_entries(attempts.made, ids, answered=answered)
        if entries and entries[-1].exhausted:
            self._engine.alerts.send(failover_log.all_failed(ids.user, attempts.made))
        self._engine.note(entries)


def _attempts(user: str) -> Attempts:
    return Attempts(
        on_attempt=partial(failover_log.note_attempt, user),
        on_waiting=failover_log.note_waiting,
        on_asking_again=lambda attempt, place: failover_log.note_asking_again(place),
    )


def _whole(answer: AIMessage, attempts: Attempts) -> AIMessage:
    """Return an answer as any chat model gives it, with the attempts that led to it."""
    metadata: dict[str, Any] = {k: v for k, v in answer.response_metadata.items() if k != CUT}
    last = attempts.made[-1]
    if not isinstance(metadata.get(_MODEL_NAME), str):
        metadata[_MODEL_NAME] = last.model
    metadata[ATTEMPTS] = [attempt.report() for attempt in attempts.made]
    update = {"content": str(answer.text), "response_metadata": metadata, "id": None}
    return answer.model_copy(update=update)
