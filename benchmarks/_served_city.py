"""A demo city for whoever measures pages in a browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks._processes import free_port

_SESSIONS = """
import json, sys, django
django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from gezhi.platform.access.sessions import SessionStore
made = {}
for name in sys.argv[1:]:
    user, session = get_user_model().objects.get(username=name), SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    made[name] = session.session_key
print(json.dumps({"cookie": settings.SESSION_COOKIE_NAME, "keys": made}))
"""


@contextmanager
def served_city(**settings: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """A small demo city, served as in production: its address, the name of the session's cookie, and a session of each person.

    ``settings``: further variables of its environment.
    """
    gezhi = str(Path(sys.executable).with_name("gezhi"))
    with tempfile.TemporaryDirectory(prefix="gezhi-bench-") as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
        environment = {
            **kept,
            **settings,
            "GEZHI_HOME": home,
            "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded",
        }
        for arguments in (["init", "--quiet"], ["demo", "city", "--scale", "0.05", "--seed", "3"]):
            subprocess.run([gezhi, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)
        told = json.loads(_said([gezhi, "demo", "logins", "--json"], environment))
        people = {login["role"]: login["username"] for login in reversed(told["accounts"])}
        wanted = {
            "dispatcher": people["street_dispatcher"],
            "operations": people["operations"],
            "worker": people["grid_worker"],
        }
        made = json.loads(_said([sys.executable, "-c", _SESSIONS, *wanted.values()], environment))
        port = free_port()
        server = subprocess.Popen(
            [gezhi, "serve", "--port", str(port), "--no-jobs"], env=environment, stdout=subprocess.PIPE
        )
        try:
            assert server.stdout is not None
            server.stdout.readline()
            yield f"http://127.0.0.1:{port}", made["cookie"], {who: made["keys"][name] for who, name in wanted.items()}
        finally:
            server.terminate()
            server.wait(30)


def _said(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
