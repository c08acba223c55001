"""One request of granian's RSGI as a WSGI call, and the WSGI response as bytes or a file that granian sends by itself.

The thread that made the response never waits for the reader.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import IO, Any

from gezhi.interfaces.failures import REFUSED
from gezhi.interfaces.serving.intake import Body
from gezhi.kernel.errors import GezhiError

WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_OF_THE_SERVER: dict[str, Any] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
_DROPPED = frozenset({"content-length", "transfer-encoding", "proxy"})


class SentFile:
    """What WSGI calls a file wrapper: an open file that the server may send in its own way."""

    def __init__(self, filelike: IO[bytes], block_size: int = 65_536) -> None:
        self.filelike = filelike
        self._block_size = block_size

    def __iter__(self) -> SentFile:
        return self

    def __next__(self) -> bytes:
        block = self.filelike.read(self._block_size)
        if not block:
            raise StopIteration
        return block

    def whole_path(self, length: str | None) -> str | None:
        """The path, if this is a whole ordinary file of ``length`` bytes, not yet read from; else None."""
        name = getattr(self.filelike, "name", None)
        if not isinstance(name, str) or length is None:
            return None
        try:
            state = os.fstat(self.filelike.fileno())
            untouched = self.filelike.tell() == 0
        except (OSError, ValueError, AttributeError):
            return None
        return name if untouched and stat.S_ISREG(state.st_mode) and str(state.st_size) == length else None

    def close(self) -> None:
        """Close the file."""
        self.filelike.close()


# Under this name the environment carries the header of a request that could not be read, and decides what it means.
UNREADABLE = "gezhi.unreadable"
_DECIDING = ("authorization", "idempotency-key")


@lru_cache(maxsize=512)
def _variable(header: str) -> str | None:
    """The name of a header in the environment. None: not passed on, above all names with an underscore, which could
    pass for those of a proxy (``X_Forwarded_For``)."""
    if header in _DROPPED or "_" in header:
        return None
    if header == "content-type":
        return "CONTENT_TYPE"
    return f"HTTP_{header.upper().replace('-', '_')}"


def environment(scope: Any, body: Body, refused: GezhiError | None) -> dict[str, Any]:
    """The WSGI environment. The length is that of the body that arrived, whatever was announced."""
    found = {**_OF_THE_SERVER, "wsgi.input": body.file, "wsgi.file_wrapper": SentFile}
    for header, value in scope.headers.items():
        name = _variable(header)
        if name is None:
            continue
        before = found.get(name)
        found[name] = value if before is None else f"{before}{'; ' if header == 'cookie' else ','}{value}"
    # The native server gives no value that is not ASCII: without it a request would mean another one.
    for header in _DECIDING:
        if header in scope.headers and _variable(header) not in found:
            found[UNREADABLE] = header
    server, _, port = scope.server.rpartition(":")
    found["REQUEST_METHOD"] = scope.method
    path = scope.path
    found["PATH_INFO"] = path if path.isascii() else path.encode().decode("latin-1")
    query = scope.query_string
    found["QUERY_STRING"] = query if query.isascii() else query.encode().decode("latin-1")
    found["SERVER_NAME"] = server.strip("[]")
    found["SERVER_PORT"] = port
    found["SERVER_PROTOCOL"] = f"HTTP/{scope.http_version}"
    found["REMOTE_ADDR"] = peer_of(scope)
    found["wsgi.url_scheme"] = scope.scheme
    if body.length:
        found["CONTENT_LENGTH"] = str(body.length)
    if refused is not None:
        found[REFUSED] = refused
    return found


def peer_of(scope: Any) -> str:
    """The address at the other end of the connection."""
    return str(scope.client.rpartition(":")[0].strip("[]"))


def call(application: WSGIApplication, scope: Any, answer: Any, body: Body, refused: GezhiError | None) -> None:
    """Run the application and hand its response to granian."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started[:] = (int(status[:3]), headers)

    response = application(environment(scope, body, refused), start_response)
    try:
        path = None
        if isinstance(response, SentFile):
            length = next((value for name, value in started[1] if name.lower() == "content-length"), None)
            path = response.whole_path(length)
        if path is None:
            content = b"".join(response)
            answer.response_bytes(started[0], started[1], content)
        else:
            answer.response_file(started[0], started[1], path)
    finally:
        # Only now: Django gives back the thread's connection here, and the reader need not wait for that.
        close = getattr(response, "close", None)
        if close is not None:
            close()
