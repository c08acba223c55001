"""Secrets of the second step under a key that lies outside the database: a copy of it alone makes no codes."""

from __future__ import annotations

import base64
import hmac
import os
from functools import lru_cache

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

_MARK = "gezhi1:"
_NONCE_BYTES = 12
# What allauth keeps in ``Authenticator.data``, by the kind of the second step.
_SECRETS = ("secret", "seed")


@lru_cache(maxsize=2)
def _cipher_of(vault_key: bytes) -> AESGCM:
    # A key of its own, made of that of the vault: what one seals the other does not open.
    return AESGCM(hmac.digest(vault_key, b"second factors", "sha256"))


def _cipher() -> AESGCM:
    return _cipher_of(settings.ENV.data_key("vault"))


class SealedSecrets(DefaultMFAAdapter):
    """Seals what allauth keeps. What is there from before is read as it is until ``seal_second_factors`` has been there."""

    def encrypt(self, text: str) -> str:
        """The text, sealed."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + _cipher().encrypt(nonce, text.encode(), None)
        return _MARK + base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text behind the seal. Raises ``ImproperlyConfigured`` where the key is another one."""
        if not encrypted_text.startswith(_MARK):
            return encrypted_text
        sealed = base64.b64decode(encrypted_text.removeprefix(_MARK))
        try:
            return _cipher().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()
        except InvalidTag as error:
            raise ImproperlyConfigured("a second factor was sealed with another key") from error


def seal_second_factors() -> int:
    """Seal what lies open from before. Safe to repeat. Returns how many were sealed."""
    adapter, count = SealedSecrets(), 0
    with transaction.atomic():
        for row in Authenticator.objects.select_for_update().order_by("pk").iterator(chunk_size=500):
            open_ones = [name for name in _SECRETS if name in row.data and not str(row.data[name]).startswith(_MARK)]
            if open_ones:
                row.data |= {name: adapter.encrypt(str(row.data[name])) for name in open_ones}
                row.save(update_fields=["data"])
                count += 1
    return count
