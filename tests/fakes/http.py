"""A provider's HTTP server on loopback: takes requests apart and plays the next step."""

import json
import sys
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fakes.steps import Answer, Failure, Silence, Step, Stream


class Refused(Exception):
    """The request breaks a rule of the real API; the server answers with this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


class ProviderServer:
    """One provider; `script` holds what it does with the coming requests, `then` after them.

    A subclass checks a request as strictly as the real API (`check`, which raises
    `Refused`), and writes an answer in its protocol (`stream`). With `decide` set, it says of
    each request's body what to do, and there is no script. `delay` is how many seconds pass
    before each answer.
    """

    key = ""
    path = ""

    def __init__(self) -> None:
        self.script: deque[Step] = deque()
        self.then: Step = Answer(text="Hello! How can I help?")
        self.decide: Callable[[dict[str, Any]], Step] | None = None
        self.delay = 0.0
        self.requests: list[dict[str, Any]] = []
        self.refusals: list[Failure] = []
        self._arrived = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def calls(self) -> int:
        """How many requests have come."""
        return len(self.requests)

    def plays(self, *steps: Step) -> "ProviderServer":
        """Play these steps, one a request; the last again and again."""
        *first, last = steps
        self.script = deque(first)
        self.then = last
        return self

    def wait_for_request(self) -> None:
        """Wait until a request has come."""
        assert self._arrived.wait(30), "no request has come"

    def stop(self) -> None:
        """End the server and every request that still waits."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def take(self, path: str, headers: Any, body: dict[str, Any], port: int) -> Step:
        """Note a request, check it, and return what to do with it."""
        with self._lock:
            heads = dict(headers.items())
            self.requests.append({"path": path, "headers": heads, "body": body, "port": port})
            self._arrived.set()
            try:
                self.check(path, headers, body)
            except Refused as refused:
                self.refusals.append(refused.failure)
                return refused.failure
            if self.decide is not None:
                return self.decide(body)
            return self.script.popleft() if self.script else self.then

    def wait(self, seconds: float) -> None:
        """Stay silent."""
        self._stopping.wait(seconds)

    def check(self, path: str, headers: Any, body: dict[str, Any]) -> None:
        """Raise `Refused` where the real API would refuse."""
        raise NotImplementedError

    def stream(self, answer: Answer, body: dict[str, Any], path: str) -> bytes:
        """Return the event stream of an answer."""
        raise NotImplementedError

    def streams(self, body: dict[str, Any], path: str) -> bool:
        """Say whether a request asks for a stream."""
        return bool(body.get("stream"))

    def plain(self, answer: Answer, body: dict[str, Any], path: str) -> dict[str, Any]:
        """Return the answer as one JSON object, where no stream was asked for."""
        raise NotImplementedError


class _Server(ThreadingHTTPServer):
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away; anything else is a bug of a test's server."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    provider: ProviderServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        step = self.provider.take(self.path, self.headers, body, self.client_address[1])
        streamed = self.provider.streams(body, self.path)
        if self.provider.delay:
            self.provider.wait(self.provider.delay)
        try:
            if isinstance(step, Failure):
                self._fail(step)
            elif isinstance(step, Silence):
                self.provider.wait(step.seconds)
                self.close_connection = True
            elif isinstance(step, Stream):
                self._play(step, streamed=step.plain is None or streamed)
            elif streamed:
                raw = self.provider.stream(step, body, self.path)
                self._send(200, "text/event-stream", raw, step.headers)
            else:
                whole = self.provider.plain(step, body, self.path)
                self._send(200, "application/json", json.dumps(whole).encode(), {})
        except OSError:
            self.close_connection = True

    def _play(self, step: Stream, *, streamed: bool) -> None:
        kind = "text/event-stream" if streamed else "application/json"
        raw = step.raw if streamed else step.plain or b""
        self._send(200, kind, raw, {}, cut=step.cut or step.hang > 0)
        self.provider.wait(step.hang)

    def _fail(self, failure: Failure) -> None:
        body = failure.body
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        kind = "text/html" if isinstance(body, str) else "application/json"
        self._send(failure.status, kind, raw, failure.headers)

    def _send(
        self, status: int, kind: str, raw: bytes, headers: dict[str, str], cut: bool = False
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(raw) + (100 if cut else 0)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
        self.wfile.flush()
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
