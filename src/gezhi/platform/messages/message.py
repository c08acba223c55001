"""What leaves, and the words in which a way says that it did not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PushDetails:
    """What a message to a browser needs beside its address: the browser's two keys as it gives them (base64url), and the
    topic: a newer message of a topic takes the place of an older one that still waits at the push service."""

    p256dh: str
    auth: str
    topic: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address. ``subject`` is for mail alone, ``push`` for a browser."""

    to: str
    subject: str
    text: str
    push: PushDetails | None = None


class NotSent(Exception):
    """The message is surely not on its way. ``again``: it may be tried again; ``fault``: why, in one word."""

    def __init__(self, fault: str, *, again: bool) -> None:
        super().__init__(fault)
        self.fault, self.again = fault, again


class AddressGone(NotSent):
    """Nobody is at this address any more, and nobody will be."""

    def __init__(self) -> None:
        super().__init__("gone", again=False)


class MaybeSent(Exception):
    """The line broke where the message may have been taken already: sending it again could tell the same twice."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault
