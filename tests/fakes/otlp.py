"""An OpenTelemetry collector that takes OTLP over HTTP."""

from collections import defaultdict
from http.server import BaseHTTPRequestHandler

from tests.fakes.loopback import Loopback


class Collector:
    """A collector on loopback; `bodies` holds what came, by path."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = defaultdict(bytes)
        self._serving = Loopback(_Handler, collector=self)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._serving.url

    def stop(self) -> None:
        """End it."""
        self._serving.stop()


class _Handler(BaseHTTPRequestHandler):
    collector: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.collector.bodies[self.path] += body
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
