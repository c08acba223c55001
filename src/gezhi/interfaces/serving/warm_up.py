"""What a web process needs before it can answer quickly: loaded before it is copied, or while it already answers."""

from __future__ import annotations

import gc
import importlib
import threading

import structlog
from django.db import connection
from django.db.utils import DatabaseError
from django.urls import get_resolver

from gezhi.contexts.areas.queries.location import warm_index
from gezhi.interfaces.serving.memory import keep_little

log = structlog.get_logger(__name__)


def warm_up() -> None:
    """Load the pages and the API, and index the areas in force.

    A first request that comes sooner waits for its part of this and no longer than it would have without.
    """
    get_resolver().url_patterns  # noqa: B018 - the look itself loads them
    warm_index()


def _in_a_thread() -> None:
    try:
        warm_up()
    except DatabaseError:
        # Requests say so themselves; a process must not fail to start over it.
        log.exception("serving.warm_up_failed")
    finally:
        connection.close()


def warm_up_in_background() -> threading.Thread:
    """``warm_up`` in a thread of its own, which does not keep the process from ending."""
    thread = threading.Thread(target=_in_a_thread, name="warm-up", daemon=True)
    thread.start()
    return thread


def load_pages() -> None:
    """Load Django's application, the pages and the API into this process, which is going to be copied."""
    keep_little()
    importlib.import_module("gezhi.config.wsgi")
    get_resolver().url_patterns  # noqa: B018 - the look itself loads them
    # The collector writes into what it walks through, and a page that is written to is no longer shared.
    gc.collect()
    gc.freeze()
