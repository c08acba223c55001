"""Every address of the web server with every parameter that it reads, and requests made of them.

Pages stand in a table here, which ``tests/contract/test_routes.py`` keeps complete; the API's come from its document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlencode

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from gezhi.contexts.cases.domain.facts import field_of
from gezhi.contexts.cases.queries import CASES
from gezhi.contexts.cases.use_cases import CASE
from gezhi.contexts.cases.use_cases.install_classes import shipped_classes
from gezhi.contexts.powers.queries import HOLDINGS
from gezhi.contexts.powers.use_cases import HOLDING
from gezhi.platform.work.kinds import work_kinds
from tests.factories.administration_routes import ADMINISTRATION

PLACE = ("lon", "lat", "community", "address")
LISTS = ("district", "street", "community")
LISTING = (
    "queue", "sort", "cursor",
    # What the list's filters are called in an address.
    *sorted(CASES.names),
)  # fmt: skip
STEP = (
    "version", "key", "note", "to", "held", "photo", "address_before", *LISTS,
    # What the verbs read of a form.
    *sorted({name for verb in CASE.verbs.values() for name in verb.names} - set(LISTS)),
    # What the classes that ship ask for.
    *sorted({field_of(one.code) for row in shipped_classes() for one in row.attributes}),
)  # fmt: skip
FINISH = (
    *PLACE,
    "description",
    "class_code",
    "key",
    "name",
    "phone",
    "held",
    "photo",
    "photo_place",
    "photo_place_asked",
    "class_asked",
)
# name of the address → (parameters of the query, fields of the form; None: it takes no POST)
PAGES: dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]] = {
    "healthz": ((), None),
    "front": ((), None),
    "privacy": ((), None),
    "who": (("class_code", "condition", "grid", *PLACE, "district", "street"), None),
    "powers": (("q", "status", "after"), None),
    "power": ((), None),
    "powers-streets": ((*sorted(HOLDINGS.names), "all", "cursor"), None),
    "powers-failing": (("days", "at_least"), None),
    "powers-one": ((), None),
    "powers-act": (
        (),
        ("version", "key", "note", *sorted({name for verb in HOLDING.verbs.values() for name in verb.names})),
    ),
    "report": (("go", "find", "q", *PLACE, "district", "street"), None),
    "report-what": ((*PLACE, "q"), None),
    "report-finish": ((), (*FINISH, "q", "class_from_list", "straight")),
    "report-send": ((), (*FINISH, "q", "straight")),
    "report-nearby": (PLACE, None),
    "report-classes": (("description", "class_code"), None),
    "public": (("month", "area", "matter", "standing", "page"), None),
    "public-csv": (("month", "area", "matter", "standing"), None),
    "public-json": (("month", "area", "matter", "standing"), None),
    "follow": (("code",), None),
    "follow-case": (("sent",), None),
    "follow-rate": ((), ("solved", "score", "note")),
    "follow-add": ((), ("note", "key", "photo", "held")),
    "follow-withdraw": ((), ()),
    "follow-notices": ((), ("which", "way", "address", "endpoint", "p256dh", "auth")),
    "stop-notices": ((), None),
    "stop-notices-now": ((), ()),
    "operations-messages": ((), None),
    "operations-message-again": ((), ()),
    "follow-remind": ((), ()),
    "follow-data": ((), None),
    "follow-erase": ((), ()),
    "follow-picture": ((), None),
    "hub": (LISTING, None),
    "hub-map": (LISTING, None),
    "hub-points": (LISTING, None),
    "hub-pressed": ((*LISTING, "map", "number"), None),
    "hub-rows": ((*LISTING, "map", "chosen"), None),
    "hub-rows-of": (("number", *LISTING, "map"), None),
    "hub-counts": ((), None),
    "hub-by-number": ((), ("phone",)),
    "hub-several": (("number",), ("step", "number", "into", "to", "key", "note")),
    "hub-panel": ((*LISTING, "map"), None),
    "hub-narrow": ((*LISTING, "map"), None),
    "hub-total": (LISTING, None),
    "hub-views": (LISTING, ("name", "office", "query")),
    "hub-view-rename": ((), ("name",)),
    "hub-view-delete": ((), ("sure",)),
    "hub-case": ((*LISTING, "map"), None),
    "paper": ((), ("why", "words", "full")),
    "paper-workbook": ((), ("why", "words", "full")),
    "paper-pdf": ((), ("why", "words", "full")),
    "ledger-pdf": (("month", "street", "body"), None),
    "ledger": (("month", "street", "body"), None),
    "hub-reporter": ((), ("why", "words")),
    "hub-form": ((), None),
    "hub-alike": ((), None),
    "hub-templates": ((), None),
    "hub-here": ((), ("writing",)),
    "hub-act": ((), STEP),
    "picture": ((), None),
    "worker": ((), None),
    "worker-rows": ((), None),
    "worker-map": (("done",), None),
    "worker-points": (("done",), None),
    "worker-pressed": (("done", "number"), None),
    "worker-notice": ((), (*PLACE, "description", "done", "key", "held", "photo", "district", "street")),
    "worker-done": (("cursor",), None),
    "worker-waiting": ((), None),
    "worker-not-kept": ((), None),
    "worker-queue": ((), None),
    "worker-queued-notice": (
        (),
        (*PLACE, "description", "done", "key", "held", "photo", "district", "street", "shown"),
    ),
    "worker-queued-act": ((), (*STEP, "shown")),
    "worker-task": (("map",), None),
    "worker-reporter": ((), ("why", "words")),
    "worker-act": ((), STEP),
    "operations": (("span",), None),
    "work": ((), None),
    "work-new": (("query",), ("key", *sorted({one.name for kind in work_kinds() for one in kind.inputs}))),
    "work-run": (("stop",), None),
    "work-state": ((), None),
    "work-stop": ((), ()),
    "work-again": ((), ("kind", "key")),
    "work-file": ((), None),
    "calendar": (("year",), None),
    "calendar-edit": (
        ("year",),
        ("days", "planned", "note", "seen", "sure", *(f"hours_{place}" for place in range(7))),
    ),
    "calendar-restore": ((), ("number",)),
    "notices": (("show", "before"), None),
    "notices-read": ((), ("notice", "show")),
    "notices-rules": ((), None),
    **ADMINISTRATION,
    "access-explain": (("user", "verb", "object"), None),
    "home": ((), None),
    "app-manifest": ((), None),
    "follow-manifest": ((), None),
    "service-worker": ((), None),
    "push-worker": ((), None),
    "preferences": ((), ("next", "language", "theme", "type")),
    "map-tiles": ((), None),
    "map-tile": ((), None),
    "map-base-tile": ((), None),
    "map-base-file": ((), None),
    "map-place": (("lon", "lat"), None),
    "map-places": (("q", "lon", "lat", "outside"), None),
    "map-options": (LISTS, None),
    "design": ((), None),
    "design-map": (("theme", "zoom", "place"), None),
    "account_login": (("next",), ("login", "password", "remember", "next")),
    "account_logout": (("next",), ("next",)),
    "account_inactive": ((), None),
    "account_signup": (("next",), ("username", "email", "password1", "password2", "next")),
    "account_reauthenticate": (("next",), ("password", "next")),
    "account_email": ((), ("email", "action_add", "action_remove", "action_primary", "action_send")),
    "account_email_verification_sent": ((), None),
    "account_confirm_email": ((), ()),
    "account_change_password": (("next",), ("oldpassword", "password1", "password2", "next")),
    "account_set_password": (("next",), ("password1", "password2")),
    "account_reset_password": (("next",), ("email", "next")),
    "account_reset_password_done": ((), None),
    "account_reset_password_from_key": ((), ("password1", "password2")),
    "account_reset_password_from_key_done": ((), None),
    "account_confirm_login_code": (("next",), ("code", "next")),
    "mfa_index": ((), None),
    "mfa_authenticate": (("next",), ("code", "credential")),
    "mfa_reauthenticate": (("next",), ("code", "next")),
    "mfa_activate_totp": ((), ("code",)),
    "mfa_deactivate_totp": ((), ()),
    "mfa_view_recovery_codes": ((), None),
    "mfa_generate_recovery_codes": ((), ()),
    "mfa_download_recovery_codes": ((), None),
    "socialaccount_login_cancelled": ((), None),
    "socialaccount_login_error": ((), None),
    "socialaccount_signup": (("next",), ("username", "email")),
    "socialaccount_connections": (("next",), ("account",)),
    "openid_connect_login": (("process", "next", "scope"), ("process", "next")),
    "openid_connect_callback": (("code", "state", "error"), None),
}
# Old spellings that lead on to the new ones.
REDIRECTS = "accounts/social/"
HEADERS = (
    "Host", "Origin", "Referer", "Accept", "Accept-Language", "Accept-Encoding", "Content-Type", "Content-Length",
    "If-None-Match", "If-Modified-Since", "Range", "Authorization", "X-Follow-Code", "Idempotency-Key", "X-CSRFToken",
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Requested-With", "X-HTTP-Method-Override", "Last-Event-ID", "User-Agent",
    "Gezhi-Person", "Gezhi-Keep", "HX-Request", "HX-Current-URL", "HX-Boosted", "HX-Target", "HX-Trigger", "HX-Prompt",
)  # fmt: skip
COOKIES = ("sessionid", "csrftoken", "gezhi_device", "django_language", "gezhi_theme", "gezhi_type", "messages")
CSRF = "a" * 32


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: what stands where. ``form`` and ``body`` exclude each other."""

    name: str
    method: str
    path: str
    parts: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def with_value(self, kind: str, name: str, value: Any) -> Ask:
        """The same with one value in the place of another."""
        if kind == "body":
            return replace(self, body=_put(self.body, name.split("."), value))
        return replace(self, **{kind: {**(getattr(self, kind) or {}), name: value}})

    def places(self) -> Iterator[tuple[str, str]]:
        """Where a value can stand: kind and name."""
        for kind in ("parts", "query", "form"):
            for name in getattr(self, kind) or {}:
                yield kind, name
        for name in _leaves(self.body):
            yield "body", name

    def environ(self) -> dict[str, Any]:
        """The WSGI environment in which a server would hand it over."""
        path = self.path
        for name, value in self.parts.items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        content, kind = b"", ""
        if self.form is not None:
            content, kind = _multipart(self.form)
        elif self.body is not None:
            content, kind = json.dumps(self.body).encode(), "application/json"
        cookies = {"csrftoken": CSRF, **self.cookies}
        found = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            # A server unquotes the path and hands bytes over as Latin-1.
            "PATH_INFO": _unquoted(path),
            "QUERY_STRING": urlencode(self.query),
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.1",
            "HTTP_HOST": "testserver",
            "HTTP_X_CSRFTOKEN": CSRF,
            "HTTP_COOKIE": "; ".join(f"{name}={_latin(value)}" for name, value in cookies.items()),
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(content),
            "wsgi.errors": BytesIO(),
            "wsgi.version": (1, 0),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            found[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = _latin(value)
        return found


def _latin(value: str) -> str:
    """As it comes through a server, which refuses line ends and NUL in headers itself."""
    return value.translate({0: None, 10: None, 13: None}).encode("utf-8", "replace").decode("latin-1")


def _unquoted(path: str) -> str:

    return unquote_to_bytes(path).decode("latin-1")


def _multipart(form: dict[str, str]) -> tuple[bytes, str]:
    parts = []
    for name, value in {"csrfmiddlewaretoken": CSRF, **form}.items():
        head = f'--frontier\r\nContent-Disposition: form-data; name="{name}"'
        if name == "photo":
            head += '; filename="a.jpg"\r\nContent-Type: image/jpeg'
        parts.append(head.encode() + b"\r\n\r\n" + value.encode("utf-8", "replace") + b"\r\n")
    return b"".join(parts) + b"--frontier--\r\n", "multipart/form-data; boundary=frontier"


def _put(body: Any, way: list[str], value: Any) -> Any:
    if not way or way == [""]:
        return value
    if not isinstance(body, dict):
        # An odd value stands above it already.
        return body
    return {**body, way[0]: _put(body[way[0]], way[1:], value)}


def _leaves(body: Any, before: str = "") -> Iterator[str]:
    if isinstance(body, dict):
        for name, value in body.items():
            yield f"{before}{name}"
            yield from _leaves(value, f"{before}{name}.")


def patterns() -> dict[str, tuple[str, str | None]]:
    """Every route of the server: its pattern → its address with ``{part}``s, and its name."""
    return dict(_walk(get_resolver().url_patterns, ""))


def _walk(found: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, tuple[str, str | None]]]:

    for pattern in found:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, text)
        else:
            address = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", lambda m: "{" + (m[1] or m[2]) + "}", text)
            yield text, ("/" + re.sub(r"[\^$]", "", address), pattern.name)


def page_asks(good: dict[str, str]) -> list[Ask]:
    """A request of each page and method, with good values for everything that it reads."""

    asks = []
    for address, name in patterns().values():
        if name not in PAGES:
            continue
        query, form = PAGES[name]
        parts = {part: good.get(f"{name}.{part}") or good[part] for part in re.findall(r"{(\w+)}", address)}
        asked = {parameter: good.get(parameter, "") for parameter in query}
        asks.append(Ask(name, "GET", address, parts, asked))
        if form is not None:
            asks.append(Ask(name, "POST", address, parts, {}, {key: good.get(key, "") for key in form}))
    return asks


def api_asks(document: dict[str, Any], good: dict[str, str]) -> list[Ask]:
    """A request of each operation of the API's document, with good values for everything that it declares."""
    asks = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            kinds: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
            for parameter in operation.get("parameters", []):
                name = parameter["name"]
                kinds[parameter["in"]][name] = good.get(f"{operation['operationId']}.{name}") or good.get(name, "1")
            content = operation.get("requestBody", {}).get("content", {})
            body = form = None
            if "application/json" in content:
                body = _example(content["application/json"]["schema"], document, good)
            elif content:
                form = {"photo": good["photo"]}
            ask = Ask(
                operation["operationId"],
                method.upper(),
                path,
                kinds["path"],
                kinds["query"],
                form,
                body,
                kinds["header"],
            )
            asks.append(ask)
    return asks


def _example(schema: dict[str, Any], document: dict[str, Any], good: dict[str, str]) -> Any:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return {
        name: _example(part, document, good)
        if "$ref" in part and "properties" in _resolved(part, document)
        else good.get(name)
        for name, part in schema.get("properties", {}).items()
    }


def _resolved(part: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"][part["$ref"].rpartition("/")[2]]
