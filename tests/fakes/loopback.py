"""Serve HTTP on loopback, in threads of the test's own process."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Loopback:
    """A server on a free port, from now until it is stopped.

    Args:
        handler: Answers the requests.
        about: Attributes that the handler's class gets.
    """

    def __init__(self, handler: type[BaseHTTPRequestHandler], **about: Any) -> None:
        self._server = _Server(("127.0.0.1", 0), type("Handler", (handler,), about))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.005,), daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away; anything else is a bug of a test's server."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
