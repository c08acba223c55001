"""The code of the address at which an empty instance is set up: known to whoever can run a command on the machine.

It is made of the instance's own secret, so that nothing is stored; the address opens nothing any more once there is an account.
"""

from __future__ import annotations

import hmac

from django.utils.crypto import salted_hmac

_DIGITS = 32


def founding_code() -> str:
    """The code."""
    return salted_hmac("gezhi.accounts.founding", "first", algorithm="sha256").hexdigest()[:_DIGITS]


def is_founding_code(text: str) -> bool:
    """Whether this is the code."""
    return hmac.compare_digest(text.encode("utf-8", "replace"), founding_code().encode())
