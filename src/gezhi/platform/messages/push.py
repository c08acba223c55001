"""Messages to a browser by the push service of its maker (RFC 8030), which sees when one is sent and never what it says.

A message is encrypted with the keys of the browser that asked for it (RFC 8291) and signed with the city's own (RFC 8292): the
service takes messages for this browser from nobody else.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from gezhi.kernel import clock
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.messages.message import Message, NotSent
from gezhi.platform.messages.posting import post
from gezhi.platform.messages.push_services import origin_of

KEY = "push"
# A phone that was off over a weekend still hears of it; later the page tells more.
_KEPT_BY_SERVICE = timedelta(days=7)
_SIGNED_FOR = timedelta(hours=12)
# All messages are of one length, so that it does not tell which step it is (bytes; services take 4,096).
_BLOCK = 1_024
_CURVE = ec.SECP256R1()
# The number of points of the curve (FIPS 186-4, D.1.2.3).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_AUTH_BYTES = 16
_GONE = frozenset({404, 410})
# A point of the curve in full, as browsers give it: a sign and two numbers.
_POINT_BYTES, _IN_FULL = 65, 0x04
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")
# Of the longer of the two keys, filled up.
_MOST_SIGNS = 88


def push_is_set_up() -> bool:
    """Whether browsers can be asked: the key is there, a service is listed, and the pages stand where browsers let them ask
    (encrypted, or on this machine)."""
    public = urlsplit(settings.GEZHI_PUBLIC_URL)
    safe = public.scheme == "https" or public.hostname in {"localhost", "127.0.0.1", "::1"}
    return safe and bool(settings.GEZHI_PUSH_SERVICES) and settings.ENV.has_key(KEY)


def application_key() -> str:
    """The city's public key, as browsers take it: base64url. Raises ``ImproperlyConfigured`` where it was never made."""
    public = _private_key(settings.ENV.data_key(KEY)).public_key()
    return _written(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def check_subscription(endpoint: str, *, p256dh: str, auth: str) -> str:
    """Scheme, host and port of the push service. Raises ``InvalidInput`` (``bad_subscription``, ``unknown_push_service``) unless
    this is what a browser gives who asks for messages."""
    origin = origin_of(endpoint, services=settings.GEZHI_PUSH_SERVICES)
    try:
        point = _read(p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        sound = len(point) == _POINT_BYTES and point[0] == _IN_FULL and len(_read(auth)) == _AUTH_BYTES
    except ValueError:
        sound = False
    if not sound:
        raise InvalidInput("bad_subscription", "these are no keys of a push subscription", field="way")
    return origin


def send_push(message: Message) -> None:
    """Send one to a browser. Raises ``NotSent`` (``AddressGone``: the browser takes no more), ``MaybeSent``."""
    if message.push is None:
        raise NotSent("bad_address", again=False)
    try:
        origin = check_subscription(message.to, p256dh=message.push.p256dh, auth=message.push.auth)
    except InvalidInput as error:
        # The list is another one than when it was chosen.
        raise NotSent("not_listed" if error.code == "unknown_push_service" else "bad_address", again=False) from error
    words = message.text.encode()
    sealed = http_ece.encrypt(
        words + b" " * (-len(words) % _BLOCK),
        private_key=ec.generate_private_key(_CURVE),
        dh=_read(message.push.p256dh),
        auth_secret=_read(message.push.auth),
        version="aes128gcm",
    )
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(int(_KEPT_BY_SERVICE.total_seconds())),
        "Topic": message.push.topic,
        "Authorization": _signed_for(origin),
    }
    post(message.to, body=sealed, headers=headers, gone=_GONE)


def _signed_for(origin: str) -> str:
    # The library takes no address with a port for a contact, which a city may well have.
    signer = Vapid02(_private_key(settings.ENV.data_key(KEY)), conf={"no-strict": True})
    ends = int((clock.now() + _SIGNED_FOR).timestamp())
    signed: dict[str, str] = signer.sign({"aud": origin, "exp": ends, "sub": settings.GEZHI_PUBLIC_URL})
    return signed["Authorization"]


@lru_cache(maxsize=1)
def _private_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    # Any 32 bytes are a key: so they lie in a file like the others.
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, _CURVE)


def _written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _read(text: str) -> bytes:
    """Raises ``ValueError`` for what is no base64url, or longer than a key."""
    if len(text) > _MOST_SIGNS or not _BASE64URL.fullmatch(text):
        raise ValueError("no base64url")
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error as error:
        raise ValueError("no base64url") from error
