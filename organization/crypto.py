"""Encryption at rest and blind indexes (DESIGN 4, 9).

A stored value is `key id|base64(nonce + AES-256-GCM ciphertext)`. The associated data is table.column and the row's own
token, so a ciphertext copied to another row or column does not open. A wrong key or a flipped bit raises; nothing ever
falls back to showing ciphertext or plain text.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class CannotDecrypt(RuntimeError):
    """The stored value does not open with any key of this installation, or belongs to another row."""


@cache
def _cipher(key_id: str) -> AESGCM:
    try:
        return AESGCM(bytes.fromhex(settings.FIELD_KEYS[key_id]))
    except KeyError:
        raise CannotDecrypt(f"no field key with id {key_id!r}") from None


def encrypt(plain: str, bound_to: str) -> str:
    """Ciphertext of `plain` that opens only for the same `bound_to`."""
    key_id, raw = _sealed(plain.encode(), bound_to)
    return f"{key_id}|{b64encode(raw).decode()}"


def decrypt(stored: str, bound_to: str) -> str:
    """The plain text; raises CannotDecrypt for a foreign row, a changed value or a missing key."""
    key_id, _, encoded = stored.partition("|")
    try:
        return _opened(key_id, b64decode(encoded, validate=True), bound_to).decode()
    except ValueError as error:
        raise CannotDecrypt(f"value of {bound_to} does not open") from error


def seal(plain: bytes, bound_to: str) -> bytes:
    """The same for the bytes of a file."""
    key_id, raw = _sealed(plain, bound_to)
    return f"{key_id}|".encode() + raw


def unseal(stored: bytes, bound_to: str) -> bytes:
    """The file as it was; raises CannotDecrypt like `decrypt`."""
    key_id, _, raw = stored.partition(b"|")
    return _opened(key_id.decode(errors="replace"), raw, bound_to)


def _sealed(plain: bytes, bound_to: str) -> tuple[str, bytes]:
    key_id = next(iter(settings.FIELD_KEYS))
    nonce = os.urandom(_NONCE)
    return key_id, nonce + _cipher(key_id).encrypt(nonce, plain, bound_to.encode())


def _opened(key_id: str, raw: bytes, bound_to: str) -> bytes:
    try:
        return _cipher(key_id).decrypt(raw[:_NONCE], raw[_NONCE:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt(f"value of {bound_to} does not open") from error


def blind_index(purpose: str, value: str) -> str:
    """Keyed digest for exact match: equal values give equal digests, and without the key nothing can be tried out.

    `purpose` keeps columns apart; `value` must already be normalised. Empty stays empty.
    """
    if not value:
        return ""
    return hmac.new(bytes.fromhex(settings.BLIND_INDEX_KEY), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()[
        :32
    ]
