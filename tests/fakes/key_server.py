"""An identity provider's keys on loopback, and tokens that are signed with them."""

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.fakes.loopback import Loopback

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
        self._serving = Loopback(_Handler, keys=self)

    @property
    def url(self) -> str:
        """Where the keys are."""
        return f"{self._serving.url}/keys"

    def stop(self) -> None:
        """End the server."""
        self._serving.stop()


class _Handler(BaseHTTPRequestHandler):
    keys: KeyServer

    def do_GET(self) -> None:
        self.keys.asked += 1
        body = self.keys.body or json.dumps({"keys": self.keys.keys}).encode()
        self.send_response(self.keys.broken or 200)
        self.send_header("Content-Length", str(len(body)))
        if self.keys.broken in (301, 302):
            self.send_header("Location", f"{self.keys.url}/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
