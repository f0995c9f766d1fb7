"""An identity provider's keys on loopback, and tokens that are signed with them."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER, AUDIENCE = "https://idp.example.com/", "task-relay"


class SigningKey:
    """A private key with an id; it signs with one algorithm."""

    def __init__(self, kid: str, algorithm: str = "RS256", bits: int = 2048) -> None:
        self.kid = kid
        self.algorithm = algorithm
        self.private: Any
        if algorithm.startswith("ES"):
            curve = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}[algorithm]
            self.private = ec.generate_private_key(curve)
        elif algorithm == "EdDSA":
            self.private = ed25519.Ed25519PrivateKey.generate()
        else:
            self.private = rsa.generate_private_key(65537, bits)

    def public(self, **more: Any) -> dict[str, Any]:
        """Return what the provider publishes of it."""
        maker = jwt.get_algorithm_by_name(self.algorithm)
        known = maker.to_jwk(self.private.public_key(), as_dict=True)
        return {**known, "kid": self.kid, "use": "sig", **more}

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Return a token that is good for five minutes; what is None is left out."""
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "iat": now, "exp": now + 300}
        payload = _given({**usual, **claims})
        head = _given({"kid": self.kid, **(header or {})})
        return jwt.encode(payload, self.private, self.algorithm, headers=head)


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


class KeyServer:
    """A provider's key set; `broken` has it answer with that status."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.broken: int | None = None
        self.body: bytes | None = None
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                body = outer.body or json.dumps({"keys": outer.keys}).encode()
                self.send_response(outer.broken or 200)
                self.send_header("Content-Length", str(len(body)))
                if outer.broken in (301, 302):
                    self.send_header("Location", f"{outer.url}/elsewhere")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.005,), daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the keys are."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/keys"

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
