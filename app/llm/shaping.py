"""Shape conversations for one place, without what it has refused before."""

from collections.abc import Callable, Sequence

from langchain_core.messages import BaseMessage

from ..settings import FailureKind
from .failures import Verdict
from .messages import more_than_words
from .providers import Place

_MOST = 2_000
"""Fingerprints that are kept; the oldest go first."""


class Shaping:
    """Makes of conversations what one place accepts; all threads of a process share what it learns.

    A provider that refuses a signature or an attachment refuses it again as long as it stands in
    the history. What was refused and cured by words alone is left out from then on.

    Args:
        place: Who gets the conversations.
        sees: Says whether its model sees images.
    """

    def __init__(self, place: Place, sees: Callable[[], bool]) -> None:
        self._place = place
        self._sees = sees
        self._refused: dict[str, None] = {}

    def shaped(
        self, conversation: Sequence[BaseMessage], words_only: bool = False
    ) -> list[BaseMessage]:
        """Return a conversation as the place accepts it.

        Args:
            conversation: What is told.
            words_only: Leave out all signatures and attachments.
        """
        return self._place.shaped(
            conversation,
            words_only=words_only,
            refused=self._refused,
            sees=self._sees() and not words_only,
        )

    def may_do_without(self, verdict: Verdict, conversation: Sequence[BaseMessage]) -> bool:
        """Say whether words alone may cure a refusal: something else was sent with them.

        Args:
            verdict: How the call failed.
            conversation: What was told.
        """
        if verdict.kind is not FailureKind.INVALID_REQUEST:
            return False
        return self.shaped(conversation) != self.shaped(conversation, words_only=True)

    def did_without(self, conversation: Sequence[BaseMessage]) -> None:
        """Remember what was refused, since words alone were answered."""
        self._refused.update(dict.fromkeys(more_than_words(conversation)))
        for oldest in list(self._refused)[:-_MOST]:
            self._refused.pop(oldest, None)
