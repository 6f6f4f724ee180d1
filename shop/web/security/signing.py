"""Signing small texts with the shop's secret, so that they come back unchanged."""

import base64
import hashlib
import hmac

from shop.web.http.app_state import runtime


def sign(purpose: str, text: str) -> str:
    """The signature of ``text`` for one purpose, with the newest key."""
    return _signature(runtime().secret_keys[0], purpose, text)


def is_signed(purpose: str, text: str, signature: str) -> bool:
    """Whether ``signature`` was made for this text and purpose, with any key still in use."""
    # As bytes: compare_digest raises on text that is not ASCII.
    given = signature.encode()
    return any(
        hmac.compare_digest(_signature(key, purpose, text).encode(), given)
        for key in runtime().secret_keys
    )


def _signature(key: str, purpose: str, text: str) -> str:
    digest = hmac.new(key.encode(), f"{purpose}\n{text}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
