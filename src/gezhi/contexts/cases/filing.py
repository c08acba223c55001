"""Filing (立案): a matter's class, the body that must settle it, and by when. One way for reports, corrections, reopenings
and imports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.areas.queries import Located
from gezhi.contexts.cases.catalogue import Route, catalogue
from gezhi.contexts.cases.domain.terms import Terms
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.fold import Columns


@dataclass(frozen=True, slots=True)
class Filing:
    """A matter as the tables in force file it. ``condition``: the ordinal of the filing condition, where one is known."""

    class_code: str
    condition: int | None
    route: Route
    terms: Terms

    def columns(self) -> Columns:
        """The columns of a case that its filing decides."""
        return {
            "class_code": self.class_code,
            "condition": self.condition,
            "suggested_organisation_id": self.route.organisation_id,
            **self.terms.columns(),
        }


def file_matter(*, class_code: str, condition: int | None, place: Located, start: datetime) -> Filing:
    """File a matter of a minor class at a place; its clock begins at ``start``.

    Raises ``InvalidInput`` for a class that is not in force, or a condition that the class does not have.
    """
    tables = catalogue()
    entry = tables.entry(class_code)
    if condition is not None and not 1 <= condition <= max(1, len(entry.limits)):
        raise InvalidInput(
            "unknown_condition", f"class {entry.code} has {len(entry.limits)} conditions", field="condition"
        )
    route = tables.route(class_code=entry.code, place=place, condition=condition)
    return Filing(entry.code, condition, route, terms_by(route, start=start))


def terms_by(route: Route, *, start: datetime) -> Terms:
    """The terms of a case that is routed so, with a clock that begins at ``start``."""
    return Terms(start, route.dispatch_limit, route.handle_limit, route.check_limit, route.duty_id)
