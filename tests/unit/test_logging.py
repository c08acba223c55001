"""The log as JSON lines, from our own loggers and from the standard library's alike."""

import json
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from gezhi.config.logging import hide_keys, logging_settings

# In a process of its own: setting up logging closes the handlers that pytest listens with.
PROGRAM = """
import logging, logging.config, structlog
from gezhi.config.logging import logging_settings
logging.config.dictConfig(logging_settings(log_format="json", level="info"))
structlog.get_logger("gezhi.test").info("case.reported", case=7, grid="襄城")
structlog.get_logger("gezhi.test").debug("not.wanted")
logging.getLogger("elsewhere").warning("plain %s", "words")
logging.getLogger("django.security.csrf").warning("Forbidden (%s): %s", "Origin checking failed", "/follow/ABCD2345EFGH/rate",
    extra={"request": "<WSGIRequest: POST '/follow/ABCD2345EFGH/rate'>", "status_code": 403})
structlog.get_logger("gezhi.test").info("asked", address="/follow?code=ABCD-2345-EFGH&x=1")
try:
    raise ValueError("odd at /follow/ABCD2345EFGH")
except ValueError:
    structlog.get_logger("gezhi.test").exception("job.failed")
"""


def test_our_loggers_and_the_standard_ones_write_the_same_json_lines():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, encoding="utf-8", check=True)
    ours, theirs, _, _, failed = (json.loads(line) for line in done.stderr.splitlines())
    assert (ours["event"], ours["case"], ours["grid"], ours["level"]) == ("case.reported", 7, "襄城", "info")
    assert "襄城" in done.stderr
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("plain words", "elsewhere", "warning")
    assert ours["timestamp"].endswith("Z")
    assert "ValueError: odd" in failed["exception"]


REFUSED = """
import sys, logging, logging.config
from django.core.exceptions import TooManyFieldsSent
from gezhi.config.logging import logging_settings
logging.config.dictConfig(logging_settings(log_format=sys.argv[1], level=sys.argv[2]))
try:
    raise TooManyFieldsSent("more than a form may send")
except TooManyFieldsSent as error:
    logging.getLogger("django.security.TooManyFieldsSent").error(str(error), exc_info=error, extra={"status_code": 400})
"""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_request_that_was_refused_is_no_error_and_has_no_traceback(log_format):
    def written(level):
        command = [sys.executable, "-c", REFUSED, log_format, level]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stderr

    told = written("info")
    assert "more than a form may send" in told
    assert "warning" in told
    assert "error" not in told
    assert "Traceback" not in told
    assert written("error") == ""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_line_holds_a_follow_code(log_format):
    program = PROGRAM.replace('log_format="json"', f'log_format="{log_format}"')
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stderr.count("/follow/…") == 2
    assert "/follow?code=…" in done.stderr
    assert "ABCD" not in done.stderr


KEY = "1-PD8TSNDJG5C41PZ2"


@pytest.mark.parametrize(
    "address",
    [
        f"/stop/{KEY}",
        f"/stop/{KEY}/now",
        f"/invitation/{KEY}",
        f"/founding/{KEY}",
        f"/follow/{KEY}",
        f"//follow/{KEY}/notices",
        f"/api/v1/follow/{KEY}",
        f"/follow%2F{KEY}",
        f"/follow?code={KEY}",
        f"/accounts/password/reset/key/3-{KEY}/",
        f"/accounts/login/?next=/invitation/{KEY}",
        f"/accounts/login/?next=%2Finvitation%2F{KEY}",
        f"/accounts/login/?next=%252Fstop%252F{KEY}%252Fnow",
        f"/accounts/login/?next=%2Ffollow%3Fcode%3D{KEY}",
        f"/accounts/login/?next=%2Faccounts%2Fpassword%2Freset%2Fkey%2F3-{KEY}%2F",
        f"Referer: https://gezhi.example.cn/accounts/login/?next=/founding/{KEY}",
    ],
)
def test_the_key_of_an_address_is_hidden_in_every_field(address):
    line = {"event": f"GET {address} 200", "extra": {"to": [address]}, "why": ValueError(address)}
    written = repr(hide_keys(None, "info", line))
    assert KEY not in written
    assert "PD8T" not in written
    assert "…" in written


def test_what_is_no_key_stays_readable():
    for text in ("GET /hub/cases/20261127000001/follow 200", "/pictures", "GET /accounts/password/reset/ 200", "/stop"):
        assert hide_keys(None, "info", {"event": text}) == {"event": text}


@pytest.mark.parametrize(("log_format", "level"), [("xml", "INFO"), ("json", "LOUD")])
def test_bad_values_are_refused(log_format, level):
    with pytest.raises(ImproperlyConfigured, match="GEZHI_LOG"):
        logging_settings(log_format=log_format, level=level)
