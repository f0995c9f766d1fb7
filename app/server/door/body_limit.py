"""Take no more of a request's body than there may be, however it is sent."""

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Refuse = Callable[[int, str, Scope, Send], Awaitable[None]]


class BodyLimit:
    """An application that is asked with bodies of a bounded size.

    A length that is told is judged at once. A body that comes in pieces is read up to the limit
    before the application is asked, so that nothing is done with a part of it.

    Args:
        inner: The application.
        most: Of bytes.
        refuse: Answers with a status and a sentence.
    """

    def __init__(self, inner: ASGIApp, most: int, refuse: Refuse) -> None:
        self._inner = inner
        self._most = most
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http" or scope.get("method") in ("GET", "HEAD", "OPTIONS"):
            await self._inner(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length")
        if told is not None:
            too_much = told.isdigit() and int(told) > self._most
            read: list[Message] = []
        else:
            read, too_much = await self._read(receive)
        if too_much:
            sentence = f"A request has at most {self._most:,} bytes. Nothing of it was done."
            await self._refuse(413, sentence, scope, send)
            return

        async def again() -> Message:
            return read.pop(0) if read else await receive()

        await self._inner(scope, again, send)

    async def _read(self, receive: Receive) -> tuple[list[Message], bool]:
        """Return the pieces of a body, and whether they are too much."""
        read: list[Message] = []
        size = 0
        while True:
            message = await receive()
            read.append(message)
            size += len(message.get("body", b""))
            if size > self._most:
                return [], True
            if message["type"] != "http.request" or not message.get("more_body"):
                return read, False
