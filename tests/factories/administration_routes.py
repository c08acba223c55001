"""The addresses of administration with every parameter that they read; see ``tests/factories/routes.py``."""

from __future__ import annotations

from gezhi.contexts.cases.domain.rules import NAMES
from gezhi.platform.retention.retained import RETAINED

# A limit is asked for as a number and a unit.
_LIMITS = ("verify_limit", "answer_limit", "reopen_within", "longest_extension")
LIMITS = tuple(f"{name}_{part}" for name in _LIMITS for part in (0, 1))
TEMPLATE = ("title", "words", "class_prefix", "step", "area", "seen", "sure")
# name of the address → (parameters of the query, fields of the form; None: it takes no POST)
ADMINISTRATION: dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]] = {
    "founding": (
        (),
        (
            "name",
            "name_en",
            "code",
            "border",
            *(f"{role}{part}" for role in ("system_admin", "security_admin", "audit_admin") for part in ("", "_name")),
        ),
    ),
    "invitation": ((), ("username", "password", "again")),
    "administration": ((), None),
    "administration-accounts": (("q", "role", "area", "state", "asked", "after"), None),
    "administration-account": ((), None),
    "administration-account-new": (
        ("role", "area"),
        ("display_name", "username", "email", "role", "area", "organisation", "until", "sure"),
    ),
    "administration-role-new": ((), ("role", "area", "organisation", "until", "sure")),
    "administration-role-end": ((), ("sure",)),
    "administration-role-answer": ((), ("grant",)),
    "administration-account-link": ((), ("sure",)),
    "administration-link-answer": ((), ("grant",)),
    "administration-account-end": ((), ("reason", "sure")),
    "administration-account-restore": ((), ("sure",)),
    "administration-hand-over": ((), None),
    "administration-hand-over-one": (("skip",), ("to", "note", "sure")),
    "administration-organisations": (("q", "kind", "area", "ended", "after"), None),
    "administration-organisation": ((), None),
    "administration-organisation-new": (
        ("area", "kind"),
        ("name", "name_en", "code", "kind", "area", "parent", "sure"),
    ),
    "administration-organisation-rename": ((), ("name", "name_en", "sure")),
    "administration-organisation-end": ((), ("last_day", "sure")),
    "administration-organisation-restore": ((), ()),
    "administration-workers": (("q", "post", "area", "ended", "after"), None),
    "administration-worker": ((), None),
    "administration-worker-new": (
        ("area",),
        ("name", "code", "post", "area", "organisation", "active_from", "phone", "account", "sure"),
    ),
    "administration-worker-move": ((), ("name", "phone", "area", "organisation", "sure")),
    "administration-worker-end": ((), ("last_day", "sure")),
    "administration-worker-restore": ((), ()),
    "administration-tables": ((), None),
    "administration-rules": (("compare",), None),
    "administration-rules-edit": (("from",), (*sorted(NAMES), *LIMITS, "name", "start", "sure")),
    "administration-rules-withdraw": ((), ("number",)),
    "administration-templates": (("q", "after"), None),
    "administration-template": ((), None),
    "administration-template-new": ((), TEMPLATE),
    "administration-template-edit": ((), TEMPLATE),
    "administration-template-withdraw": ((), ()),
    "administration-template-restore": ((), ("version",)),
    "administration-retention": ((), None),
    "administration-retention-edit": (
        (),
        (*sorted(name for name, one in RETAINED.items() if one.chosen_by_city), "name", "start", "sure"),
    ),
    "administration-retention-withdraw": ((), ("number",)),
    "administration-street": (("street",), None),
    "administration-record": (("of", "who", "action", "since", "until", "before"), None),
}
