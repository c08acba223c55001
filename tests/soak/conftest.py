"""Trials that take minutes. Each prints one line with its figures."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest


@pytest.fixture
def fresh_postgresql():
    """The address of an empty database on the server that GEZHI_DATABASE_URL names; dropped afterwards."""
    server = os.environ.get("GEZHI_DATABASE_URL")
    if not server:
        pytest.skip("GEZHI_DATABASE_URL names no server")
    import psycopg

    name = f"gezhi_soak_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
