"""Ask an OpenAI-compatible server to count tokens, and once more without where it refuses that.

`stream_options` is a part of OpenAI's API that servers of the same form may not know.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from ...settings import FailureKind
from ..failures import classify

_NO_MATTER_WHEN = datetime.fromtimestamp(0, UTC)


@cache
def usage_where_it_is_told(model_class: type[Any]) -> type[Any]:
    """Return a chat model's class that does without the count where the server refuses it.

    Which it does with a request that it doesn't take, once; from then on this client's requests are
    without. Where the count came once, a refused request has another reason.

    Args:
        model_class: LangChain's class, whose `_astream` takes `stream_usage`.
    """

    class UsageWhereItIsTold(model_class):  # type: ignore[misc]
        counts: bool | None = None
        """Whether the server counts; None as long as that is not known."""

        async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            try:
                async for chunk in super()._astream(
                    *args, **kwargs, stream_usage=self.counts is not False
                ):
                    self.counts = self.counts is not False
                    yield chunk
                return
            except Exception as error:
                if self.counts is not None or not _may_be_about_it(error):
                    raise
            async for chunk in super()._astream(*args, **kwargs, stream_usage=False):
                self.counts = False
                yield chunk

    return UsageWhereItIsTold


def _may_be_about_it(error: Exception) -> bool:
    """Say whether a request was refused for a reason that nothing else explains."""
    verdict = classify(error, now=_NO_MATTER_WHEN)
    return verdict.kind is FailureKind.INVALID_REQUEST and verdict.status in (400, 422)
