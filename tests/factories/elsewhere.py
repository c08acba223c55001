"""A service elsewhere that knows places, on loopback, and the ways in which one does not answer."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from gezhi.contexts.places.domain.geocoders import AnswerForm, Geocoder
from gezhi.kernel.datum import Datum


class Elsewhere:
    """A service on loopback. ``answer`` writes to the handler; ``asked`` are the queries that came."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = self.places()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(parse_qs(urlsplit(self.path).query))
                service.answer(self)

            def log_message(self, *given: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/api?q={{q}}&box={{west}},{{south}},{{east}},{{north}}"

    @staticmethod
    def says(body: bytes, *, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        return answer

    def places(self, *places: tuple[str, float, float]) -> Callable[[BaseHTTPRequestHandler], None]:
        features = [
            {"geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": {"name": name, "street": "长虹路"}}
            for name, lon, lat in places
        ]
        return self.says(json.dumps({"type": "FeatureCollection", "features": features}).encode())


def geocoder(address: str, **changes: object) -> Geocoder:
    told = {
        "key": "near",
        "name": "邻图",
        "form": AnswerForm.GEOJSON,
        "datum": Datum.WGS84,
        "seconds": 1.0,
        "a_minute": 60,
    }
    return Geocoder(**{**told, "address": address, **changes})


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    """A header that never ends."""
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
        for _ in range(60):
            time.sleep(0.1)
            handler.wfile.write(b"a")


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        time.sleep(0.1)
        try:
            handler.wfile.write(b" ")
        except OSError:
            return


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
