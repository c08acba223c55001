"""One log for Django, granian and our own code: structlog, as lines for a person or as JSON for a collector.

``GEZHI_LOG_FORMAT`` is ``console`` (default) or ``json``, ``GEZHI_LOG_LEVEL`` a standard level (default INFO).
Call sites write ``log = structlog.get_logger(__name__)`` and ``log.info("case.reported", case=7)``: event names with
fields, never personal data.
"""

from __future__ import annotations

import io
import logging
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured

from gezhi.config.hidden_keys import without_keys


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return without_keys(value)
    if isinstance(value, dict):
        return {_hidden(name): _hidden(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(held) for held in value]
    if isinstance(value, BaseException):
        return without_keys(repr(value))
    return value


def hide_keys(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A processor: no line holds the key of an address, whichever field it stands in, tracebacks included.

    The request that Django hands along is dropped: its text is an address, its content a person's words.
    """
    event.pop("request", None)
    return {name: _hidden(value) for name, value in event.items()}


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def _traceback(stream: Any, failure: Any) -> None:
    text = io.StringIO()
    structlog.dev.plain_traceback(text, failure)
    stream.write(_hidden(text.getvalue()))


class RefusalIsNoFault(logging.Filter):
    """What Django refuses as suspicious (too many fields, a foreign host) it logs as an error with a traceback. The request was
    answered (400), so it is a warning, and where in our code it was met says nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        if record.name.startswith("django.security.") and record.levelno > logging.WARNING:
            record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
            return logging.getLogger().isEnabledFor(logging.WARNING)
        return True


def logging_settings(*, log_format: str, level: str) -> dict[str, Any]:
    """Django's ``LOGGING``, and structlog set up to go the same way. Raises ``ImproperlyConfigured`` on a bad value."""
    level = level.upper()
    if level not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"GEZHI_LOG_LEVEL: '{level}' is not one of DEBUG, INFO, WARNING, ERROR, CRITICAL")
    if log_format not in {"console", "json"}:
        raise ImproperlyConfigured(f"GEZHI_LOG_FORMAT: '{log_format}' is neither 'console' nor 'json'")
    renderer: list[Any] = (
        [structlog.processors.format_exc_info, hide_keys, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if log_format == "json"
        # Plain tracebacks: the other kind prints local variables, and with them what a resident wrote.
        else [hide_keys, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_traceback)]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "gezhi": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
            }
        },
        "filters": {"refusals": {"()": RefusalIsNoFault}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "gezhi", "filters": ["refusals"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # 404s and 403s are answers, not faults of the server.
            "django.request": {"level": "ERROR"},
            # A line for each state of each task; those that fail are errors.
            "django_tasks": {"level": "WARNING"},
            # The worker calls an ordinary stop a warning.
            "django_tasks_db": {"level": "ERROR"},
        },
    }
