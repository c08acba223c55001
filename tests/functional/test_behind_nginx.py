"""Behind a real proxy: each resident has limits of his own, and what he writes about himself buys nothing."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.factories.served import environment_of, free_port, gezhi, serving

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
# Where everything is proved, it must be there.
pytestmark = pytest.mark.skipif(NGINX is None and "CI" not in os.environ, reason="nginx is not installed")
TOKEN = "a" * 32

CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 120m;
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
    }}
  }}
}}
"""


@contextmanager
def nginx(folder: Path, *, behind: int) -> Iterator[int]:
    port = free_port()
    # Its workers run as another account, which must get at the folder.
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=port, behind=behind))
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    # With HTTPS there is one proxy, unless it is said otherwise: nothing more to set.
    environment = environment_of(tmp_path_factory.mktemp("home") / "data", https=1, rate_anonymous="6/d")
    assert gezhi(environment, "init").returncode == 0
    with (
        serving(environment, "--no-jobs") as server,
        nginx(tmp_path_factory.mktemp("nginx"), behind=server.port) as port,
    ):
        yield port


def ask(port: int, method: str, path: str, *, resident: str, body: str = "", **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(resident, 0))
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, {"Host": "localhost", **given})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def sign_in(port: int, *, resident: str, name: str, **headers: str) -> int:
    form = f"csrfmiddlewaretoken={TOKEN}&login={name}&password=wrong"
    status, _ = ask(
        port,
        "POST",
        "/accounts/login/",
        resident=resident,
        body=form,
        Content_Type="application/x-www-form-urlencoded",
        Cookie=f"csrftoken={TOKEN}",
        Referer="https://localhost/accounts/login/",
        **headers,
    )
    return status


def tries_until_refused(port: int, *, resident: str, forge: bool = False) -> int:
    for number in range(40):
        headers = {"X_Forwarded_For": f"198.51.100.{number}, 203.0.113.{number}"} if forge else {}
        # Another name each time: what is counted is the address.
        if sign_in(port, resident=resident, name=f"somebody{number}{resident}{forge}", **headers) == 429:
            return number
    return 40


def test_two_residents_have_two_sign_in_limits_and_a_forged_address_buys_nothing(proxy):
    assert 1 < tries_until_refused(proxy, resident="127.0.2.1") < 40
    # The first one is at the end of his tries, the second has all of his, and forging gives none back.
    assert sign_in(proxy, resident="127.0.2.1", name="once-more", X_Forwarded_For="192.0.2.200") == 429
    assert sign_in(proxy, resident="127.0.2.2", name="once-more") != 429
    assert 1 < tries_until_refused(proxy, resident="127.0.2.3", forge=True) < 40


def test_the_limit_of_the_api_counts_residents_too(proxy):
    def ask_api(resident: str, **headers: str) -> int:
        return ask(proxy, "GET", "/api/v1/classes", resident=resident, **headers)[0]

    assert [ask_api("127.0.3.1") for _ in range(8)] == [200] * 6 + [429] * 2
    assert ask_api("127.0.3.1", X_Forwarded_For="192.0.2.1") == 429
    assert ask_api("127.0.3.1", X_Forwarded_For_="192.0.2.1") == 429
    assert ask_api("127.0.3.2") == 200


def test_a_body_that_nginx_hands_on_arrives(proxy):
    body = json.dumps({"class_code": "E0110", "description": "路边垃圾" * 200})
    status, answer = ask(
        proxy, "POST", "/api/v1/cases", resident="127.0.4.1", body=body, Content_Type="application/json"
    )
    assert status == 422, answer
    assert "place" in answer or "位置" in answer
