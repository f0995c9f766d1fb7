"""A provider's HTTP server on loopback: takes requests apart and plays the next step."""

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.loopback import Loopback
from tests.fakes.steps import Answer, Failure, Held, Silence, Step, Stream, Wire


class Refused(Exception):
    """The request breaks a rule of the real API; the server answers with this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


class ProviderServer:
    """One provider; `script` holds what it does with the coming requests, `then` after them.

    A subclass checks a request as strictly as the real API (`check`, which raises
    `Refused`), writes an answer in its protocol (`stream`), and lists its models (`listing`).
    With `decide` set, it says of each request's body what to do, and there is no script.
    `delay` is how many seconds pass before each answer, `heads` are headers that it has.
    """

    key = ""
    path = ""
    models: tuple[str, ...] = ()
    heads: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.script: deque[Step] = deque()
        self.then: Step = Answer(text="Hello! How can I help?")
        self.decide: Callable[[dict[str, Any]], Step] | None = None
        self.delay = 0.0
        self.requests: list[dict[str, Any]] = []
        self.refusals: list[Failure] = []
        self.listed = 0
        self._arrived = threading.Event()
        self._stopping = threading.Event()
        self._let_go = threading.Event()
        self._lock = threading.Lock()
        self._serving = Loopback(_Handler, provider=self)

    @property
    def url(self) -> str:
        """Where the server listens."""
        return self._serving.url

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

    def let_go(self) -> None:
        """Let the answers that are held go on."""
        self._let_go.set()

    def wait_to_go_on(self) -> None:
        """Hold an answer."""
        self._let_go.wait(30)
        self._let_go.clear()

    def stop(self) -> None:
        """End the server and every request that still waits."""
        self._stopping.set()
        self._let_go.set()
        self._serving.stop()

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

    def take_listing(self, path: str, headers: Any) -> Failure | dict[str, Any]:
        """Check a request for the list of models, and return what to say."""
        with self._lock:
            self.listed += 1
            try:
                return self.listing(path, headers)
            except Refused as refused:
                self.refusals.append(refused.failure)
                return refused.failure

    def listing(self, path: str, headers: Any) -> dict[str, Any]:
        """Return a page of the models; raise `Refused` where the real API would refuse."""
        raise NotImplementedError

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


class _Handler(BaseHTTPRequestHandler):
    provider: ProviderServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:  # the client has died
            self.close_connection = True
            return
        body = json.loads(raw or b"{}")
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
            elif isinstance(step, Held):
                self._hold(step, body)
            elif isinstance(step, Stream):
                self._play(step, streamed=step.plain is None or streamed)
            elif isinstance(step, Wire):
                self._send_wire(step)
            elif streamed:
                raw = self.provider.stream(step, body, self.path)
                heads = {**self.provider.heads, **step.headers}
                self._send(200, "text/event-stream", raw, heads)
            else:
                whole = self.provider.plain(step, body, self.path)
                heads = {**self.provider.heads, **step.headers}
                self._send(200, "application/json", json.dumps(whole).encode(), heads)
        except OSError:
            self.close_connection = True

    def do_GET(self) -> None:
        told = self.provider.take_listing(self.path, self.headers)
        if isinstance(told, Failure):
            self._fail(told)
        else:
            self._send(200, "application/json", json.dumps(told).encode(), {})

    def _hold(self, step: Held, body: dict[str, Any]) -> None:
        raw = self.provider.stream(Answer(step.first + step.rest), body, self.path)
        end = b"\r\n\r\n"
        pieces = len(re.findall(r"\S+\s*", step.first))
        first = end.join(raw.split(end)[:pieces]) + end
        self._send(200, "text/event-stream", first, {}, more=len(raw) - len(first))
        self.provider.wait_to_go_on()
        self.wfile.write(raw[len(first) :])
        self.wfile.flush()

    def _play(self, step: Stream, *, streamed: bool) -> None:
        kind = "text/event-stream" if streamed else "application/json"
        raw = step.raw if streamed else step.plain or b""
        self._send(200, kind, raw, {}, cut=step.cut or step.hang > 0)
        self.provider.wait(step.hang)

    def _send_wire(self, step: Wire) -> None:
        self.send_response_only(step.status)
        for name, value in step.headers.items():
            self.send_header(name, value)
        chunked = len(step.pieces) > 1
        length = sum(map(len, step.pieces)) + (100 if step.cut else 0)
        self.send_header(
            *(("transfer-encoding", "chunked") if chunked else ("content-length", str(length)))
        )
        self.end_headers()
        for piece in filter(None, step.pieces):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            self.wfile.flush()
        if chunked and not step.cut:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = self.close_connection or step.cut

    def _fail(self, failure: Failure) -> None:
        body = failure.body
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        kind = "text/html" if isinstance(body, str) else "application/json"
        self._send(failure.status, kind, raw, failure.headers)

    def _send(
        self,
        status: int,
        kind: str,
        raw: bytes,
        headers: Mapping[str, str],
        cut: bool = False,
        more: int = 0,
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(raw) + (100 if cut else more)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
        self.wfile.flush()
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
