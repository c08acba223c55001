"""Filing (立案): a matter's class, the body that must settle it, and by when. One way for reports, corrections, reopenings
and imports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from gezhi.contexts.areas.queries import Located
from gezhi.contexts.cases.catalogue import Route, catalogue
from gezhi.contexts.cases.domain.class_table import ClassRow
from gezhi.contexts.cases.domain.terms import Terms
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.place import place_of
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


def require_condition(entry: ClassRow, condition: int | None) -> None:
    """Raises ``InvalidInput`` for a condition that the class does not have."""
    if condition is not None and not 1 <= condition <= max(1, len(entry.limits)):
        raise InvalidInput(
            "unknown_condition", f"class {entry.code} has {len(entry.limits)} conditions", field="condition"
        )


def file_matter(
    *,
    class_code: str,
    condition: int | None,
    place: Located,
    start: datetime,
    kept: Terms | None = None,
) -> Filing:
    """File a matter of a minor class at a place; its clock begins at ``start``. ``kept``: the terms on which the case ran
    before, of which what has happened since stays: its dispatch, a verification, an extension.

    Raises ``InvalidInput`` for a class that is not in force, or a condition that the class does not have.
    """
    entry = catalogue().entry(class_code)
    require_condition(entry, condition)
    return _filed(entry.code, condition, place, start=start, kept=kept)


def filed_again(case: Case, *, start: datetime) -> Filing:
    """The filing of a case by the tables in force, whether its class still is or not; its clock begins at ``start``."""
    return of_the_part(case, _filed(case.class_code, case.condition, place_of(case), start=start))


def of_the_part(case: Case, filing: Filing) -> Filing:
    """The filing, without a limit of the whole where the case is a part: the whole is the case that it belongs to."""
    return filing if case.parent_id is None else replace(filing, terms=replace(filing.terms, total_limit=""))


def _filed(
    class_code: str,
    condition: int | None,
    place: Located,
    *,
    start: datetime,
    kept: Terms | None = None,
) -> Filing:
    route = catalogue().route(class_code=class_code, place=place, condition=condition, at=start)
    limits = (route.dispatch_limit, route.handle_limit, route.check_limit)
    since = (None, "", None) if kept is None else (kept.handling_start, kept.extension, kept.dispatch_start)
    terms = Terms(start, *limits, route.duty_id, *since, total_limit=route.total_limit)
    return Filing(class_code, condition, route, terms)
