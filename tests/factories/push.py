"""A browser that is subscribed to messages, and a push service on this machine that takes what is sent to it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()


def written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


@dataclass
class Subscribed:
    """A browser with its own keys. It reads a message as RFC 8291 says, by none of the product's code."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(_CURVE))
    secret: bytes = b"sixteen bytes of"

    @property
    def p256dh(self) -> str:
        return written(_raw(self.private.public_key()))

    @property
    def auth(self) -> str:
        return written(self.secret)

    def opened(self, body: bytes) -> bytes:
        """The words of a message of one record, with what fills them up."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, sender))
        about = b"WebPush: info\0" + _raw(self.private.public_key()) + sender
        secret = _derived(shared, salt=self.secret, info=about, length=32)
        key = _derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
        nonce = _derived(secret, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\2"), "the one record is the last"
        return plain[:-1]


@dataclass
class Taken:
    """One request to the push service."""

    path: str
    headers: dict[str, str]
    body: bytes

    def signed(self) -> tuple[str, dict[str, Any]]:
        """The public key under which it came, and what was signed with it. Raises where the signature is wrong."""
        scheme, _, rest = self.headers["authorization"].partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, read(parts["k"]))
        return parts["k"], jwt.decode(parts["t"], key, algorithms=["ES256"], options={"verify_aud": False})


@dataclass
class PushService:
    """What was sent to it, and what it answers."""

    port: int
    taken: list[Taken] = field(default_factory=list)
    status: int = 201
    told: dict[str, str] = field(default_factory=dict)
    endless: bool = False

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def subscribe(self, name: str = "a") -> Subscribed:
        return Subscribed(f"http://{self.host}/push/{name}")


@contextmanager
def push_service() -> Iterator[PushService]:
    """A push service that stands as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            told = {name.lower(): value for name, value in self.headers.items()}
            service.taken.append(Taken(self.path, told, body))
            self.send_response(service.status)
            for name, value in service.told.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                while service.endless:
                    self.wfile.write(json.dumps("x" * 10_000).encode())
            except OSError:
                service.endless = False

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = PushService(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
