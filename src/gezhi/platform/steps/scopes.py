"""What somebody sees of a kind, as one object with three readings: a condition of a query, a test on a row, and words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import BigIntegerField, ExpressionWrapper, F, Model, Q, QuerySet
from django.utils.translation import gettext_noop

from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, HeldGrant
from gezhi.platform.access.policies import Reason
from gezhi.platform.prepared import Prepared, Question, Rows, Slot, rows_of_all

R = TypeVar("R", bound=Mapping[str, Any])


@dataclass(frozen=True, slots=True)
class Said:
    """How the frame speaks of a kind's objects. A context may have words of its own (``%(role)s``, ``%(area)s``)."""

    inside: str = gettext_noop("%(role)s in %(area)s, which covers the place.")
    outside: str = gettext_noop("%(role)s in %(area)s, which does not cover the place.")
    of_another_body: str = gettext_noop("%(role)s in %(area)s, but another department is in charge.")
    nowhere: str = gettext_noop("No grant covers the place.")
    wrong_state: str = gettext_noop("What is '%(status)s' has no '%(action)s'.")


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of objects that an actor sees: column = value, and the body's column too where one is named.

    ``grant`` is where it comes from; None: the person's own part, told by ``inside`` and ``outside``. ``whole``: whether all of
    the objects is seen, or only what is told outside the office.
    """

    column: str
    value: int
    organisation_id: int | None = None
    grant: HeldGrant | None = None
    inside: Reason | None = None
    outside: Reason | None = None
    said: Said = Said()
    whole: bool = True

    def condition(self, *, prefix: str = "") -> Q:
        """The scope as a condition of a query, on columns that an alias of the query has with a ``prefix``."""
        here = Q(**{f"{prefix}{self.column}": self.value})
        return here if self.organisation_id is None else here & Q(**{f"{prefix}organisation_id": self.organisation_id})

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it hangs on."""
        return (self.column,) if self.organisation_id is None else (self.column, "organisation_id")

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether a row (or the scope columns of one) lies in the scope."""
        return row.get(self.column) == self.value and (
            self.organisation_id is None or self.organisation_id == row.get("organisation_id")
        )

    def why(self, obj: Model) -> tuple[bool, Reason]:
        """Whether the object lies in the scope, and the words for it."""
        here = getattr(obj, self.column) == self.value
        if self.grant is None:
            reason = self.inside if here else self.outside
            if reason is None:
                raise ValueError(f"a scope of one's own has words for both answers: {self.column}")
            return here, reason
        if not here:
            return False, grant_reason(self.said.outside, self.grant)
        if self.organisation_id not in (None, getattr(obj, "organisation_id", None)):
            return False, grant_reason(self.said.of_another_body, self.grant)
        return True, grant_reason(self.said.inside, self.grant)


def without_index(scopes: Sequence[Scope], found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """A query narrowed to the union of scopes so that no index of their columns can be used: where a few rows are known by their
    keys, a database would rather walk the index to all of an area's."""
    columns = {column for scope in scopes for column in scope.columns}
    for column in sorted(columns):
        # Wide enough for any value, and for the placeholder of a prepared query.
        plain = ExpressionWrapper(F(column) + 0, output_field=BigIntegerField())
        found = found.alias(**{f"plain_{column}": plain})
    return found.filter(reduce(or_, (scope.condition(prefix="plain_") for scope in scopes)))


def grant_reason(text: str, *grants: HeldGrant) -> Reason:
    """Words with the role and the areas of some grants."""
    areas = "、".join(grant.area_name for grant in grants)
    return Reason(text, {"role": grants[0].role.value, "area": areas})


@dataclass(frozen=True, slots=True)
class OwnPart:
    """A column that names a person's own part in an object. ``staff_only``: nobody without a role has it. ``whole``: see
    ``Scope``."""

    column: str
    inside: Reason
    outside: Reason
    staff_only: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Outside:
    """How an object is told to whoever does not see all of it. ``row``: its row without what is the office's own. ``versions``: by
    key, how many of its steps are told; the office's own version would count those that are not."""

    row: Callable[[Any], Any]
    versions: Callable[[Collection[int]], Mapping[int, int]]

    def told(self, row: Any, version: int) -> Any:
        """The row as it is told, with the version that is told."""
        return {**self.row(row), "version": version}

    def tells_apart(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Whether two rows of one object are told differently."""
        return bool(self.told(before, 0) != self.told(after, 0))


@dataclass(frozen=True, slots=True)
class ScopeTable:
    """Who sees what of a kind.

    ``readers`` see all of their area; ``of_body`` only what their own department has there. ``levels``: the levels of areas
    that the kind has columns for. ``own``: what else is somebody's own. ``outside``: how the object is told to whoever sees it
    by nothing but a part that is not ``whole``, or by what a kind ``shows``; None: all who see it are told all.
    """

    readers: tuple[Role, ...]
    of_body: tuple[Role, ...] = ()
    levels: tuple[str, ...] = ("city", "district", "street", "community", "grid")
    own: tuple[OwnPart, ...] = ()
    said: Said = Said()
    outside: Outside | None = None

    @property
    def part_columns(self) -> tuple[str, ...]:
        """The columns that let somebody see an object, but not all of it."""
        return tuple(part.column for part in self.own if not part.whole)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns on which the sight of somebody may hang."""
        body = ("organisation_id",) if self.of_body else ()
        return (*(f"{level}_id" for level in self.levels), *body, *(part.column for part in self.own))

    def of(self, actor: Actor) -> tuple[Scope, ...]:
        """The union of these is what the actor sees. The system sees all and is not asked."""
        found = [self._of_grant(grant, None) for grant in actor.grants if grant.role in self.readers]
        for role in self.of_body:
            found += [self._of_grant(grant, grant.organisation_id) for grant in actor.holds(role)]
        if actor.user_id is not None:
            found += [
                Scope(part.column, actor.user_id, inside=part.inside, outside=part.outside, whole=part.whole)
                for part in self.own
                if actor.grants or not part.staff_only
            ]
        return tuple(scope for scope in found if scope is not None)

    def whole_of(self, actor: Actor) -> tuple[Scope, ...]:
        """The union of these is what the actor sees all of."""
        return tuple(scope for scope in self.of(actor) if scope.whole)

    def _of_grant(self, grant: HeldGrant, organisation_id: int | None) -> Scope | None:
        if grant.level not in self.levels:
            return None
        return Scope(f"{grant.level}_id", grant.area_id, organisation_id, grant, said=self.said)

    def condition(self, actor: Actor, *, whole: bool = False) -> Q | None:
        """What the actor sees (``whole``: all of) as a condition; None where that is nothing at all."""
        if actor.is_system:
            return Q()
        found = self.whole_of(actor) if whole else self.of(actor)
        return reduce(or_, (scope.condition() for scope in found)) if found else None

    def holds(self, actor: Actor, row: Mapping[str, Any]) -> bool:
        """The same on a row."""
        return actor.is_system or any(scope.holds(row) for scope in self.of(actor))

    def sees_whole(self, actor: Actor, row: Mapping[str, Any]) -> bool:
        """Whether the actor sees all of an object by its row (or its scope columns)."""
        return actor.is_system or any(scope.holds(row) for scope in self.whole_of(actor))

    def told(self, actor: Actor, rows: list[R]) -> list[R]:
        """Rows of what the actor may know of, each as it is told to this actor. One query where some are not told whole."""
        if self.outside is None or actor.is_system:
            return rows
        whole = self.whole_of(actor)
        some = {row["id"] for row in rows if not any(scope.holds(row) for scope in whole)}
        if not some:
            return rows
        versions = self.outside.versions(some)
        return [self.outside.told(row, versions[row["id"]]) if row["id"] in some else row for row in rows]


class OverSight:
    """A query over all that somebody sees, prepared for each form of sight (which columns its scopes hang on).

    ``build`` narrows a query, with placeholders for ``slots`` by name, and ends in ``values`` or ``values_list``. ``inner``: it
    asks of what is not told outside the office, and so only over what somebody sees all of.
    """

    def __init__(
        self,
        table: ScopeTable,
        model: type[Model],
        build: Callable[..., QuerySet[Any, Any]],
        *,
        inner: bool = False,
        **slots: Slot,
    ) -> None:
        self._table, self._model, self._build, self._slots, self._inner = table, model, build, slots, inner
        self._of = lru_cache(maxsize=256)(self._prepared)

    def rows(self, actor: Actor, **values: Any) -> Rows:
        """The rows as tuples; none for whoever sees nothing."""
        return rows_of_all(self.asked_by(actor, **values))

    def asked_by(self, actor: Actor, **values: Any) -> list[Question]:
        """The question with its values, to be asked together with others; none for whoever sees nothing."""
        if actor.is_system:
            return [(self._of(None), values)]
        scopes = self._table.whole_of(actor) if self._inner else self._table.of(actor)
        if not scopes:
            return []
        for place, scope in enumerate(scopes):
            values[f"scope_{place}"] = scope.value
            if scope.organisation_id is not None:
                values[f"body_{place}"] = scope.organisation_id
        return [(self._of(tuple((scope.column, scope.organisation_id is not None) for scope in scopes)), values)]

    def _prepared(self, sight: tuple[tuple[str, bool], ...] | None) -> Prepared:
        slots = dict(self._slots)
        for place, (_column, of_body) in enumerate(sight or ()):
            slots[f"scope_{place}"] = int
            if of_body:
                slots[f"body_{place}"] = int

        def build(**marks: Any) -> QuerySet[Any, Any]:
            seen = self._model._default_manager.all()
            if sight is not None:
                scopes = [
                    Scope(column, marks.pop(f"scope_{place}"), marks.pop(f"body_{place}", None))
                    for place, (column, _of_body) in enumerate(sight)
                ]
                seen = self._narrowed(scopes, seen)
            return self._build(seen, **marks)

        return Prepared(build, **slots)

    def _narrowed(self, scopes: Sequence[Scope], found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        return found.filter(reduce(or_, (scope.condition() for scope in scopes)))


class OverSightOfFew(OverSight):
    """The same where ``build`` asks for few rows that have an index of their own: those of the scopes are kept out of it."""

    def _narrowed(self, scopes: Sequence[Scope], found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        return without_index(scopes, found)
