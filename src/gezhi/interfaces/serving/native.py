"""One process of the native server, in this process. ``python -m gezhi.interfaces.serving.native`` runs it alone."""

from __future__ import annotations

import multiprocessing
import sys
from dataclasses import dataclass

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer, MTServer, Server

# The head of a request must fit, and a body comes in pieces of at most this size.
BUFFER_BYTES = 65_536
BACKLOG = 2_048


@dataclass(frozen=True, slots=True)
class Connections:
    """What the native server allows each process: ``most`` at once, ``header_seconds`` for the head of a request (and as
    long a rest between two requests)."""

    most: int
    header_seconds: int


@dataclass(frozen=True, slots=True)
class Native:
    """What a process serves and where. ``application`` as ``module:name``, ``interface`` 'rsgi' or 'asgi'.

    ``grace_seconds``: how long the answers under way may take once it is asked to stop.
    """

    application: str
    interface: str
    host: str
    port: int
    connections: Connections
    grace_seconds: int = 5

    @property
    def command(self) -> tuple[str, ...]:
        """The command line that serves it in a process of its own."""
        limits = (str(self.connections.most), str(self.connections.header_seconds), str(self.grace_seconds))
        return (
            sys.executable, "-m", __name__, self.application, self.interface, self.host, str(self.port), *limits
        )  # fmt: skip

    def server(self) -> MPServer | MTServer:
        """The server, not started."""
        return Server(
            self.application,
            address=self.host,
            port=self.port,
            interface=Interfaces(self.interface),
            workers=1,
            log_level=LogLevels.warning,
            # HTTP/2 would come from a proxy at most, and none speaks it to its upstream; its first bytes have no time limit.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=self.connections.header_seconds * 1_000, max_buffer_size=BUFFER_BYTES
            ),
            websockets=False,
            backlog=BACKLOG,
            # What it calls requests are connections, idle ones among them.
            backpressure=self.connections.most,
            respawn_failed_workers=True,
            respawn_interval=0,
            workers_kill_timeout=self.grace_seconds,
        )

    def serve(self) -> None:
        """Serve until SIGINT or SIGTERM. Raises ``SystemExit`` where the worker ends again and again."""
        if sys.platform == "linux":
            # What is loaded here need not be loaded again by the worker.
            multiprocessing.set_start_method("fork", force=True)
        self.server().serve()


def main(arguments: list[str]) -> None:
    """Serve what ``Native.command`` says."""
    application, interface, host, port, most, header_seconds, grace_seconds = arguments
    limits = Connections(int(most), int(header_seconds))
    Native(application, interface, host, int(port), limits, int(grace_seconds)).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
