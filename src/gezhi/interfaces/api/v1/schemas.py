"""The shapes of requests and responses, as the OpenAPI document shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_type_hints

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, create_model

from gezhi.contexts.cases.domain.states import Urgency
from gezhi.contexts.cases.queries import CaseDetails, CaseRow, Followed, PublicStep
from gezhi.contexts.cases.use_cases import Reported
from gezhi.kernel.datum import Datum
from gezhi.kernel.reading import FIRST_YEAR, LAST_YEAR, MOST, is_plausible
from gezhi.kernel.roles import Role
from gezhi.platform.saved_views.policy import Office
from gezhi.platform.saved_views.queries import ViewRow
from gezhi.platform.steps.history import HistoryStep
from gezhi.solvers.gazetteer import Match

# A key of the database: what lies outside 64 bits cannot be one.
Id = Annotated[int, Field(ge=1, le=MOST)]


def _plausible(moment: datetime) -> datetime:
    if not is_plausible(moment):
        raise ValueError(f"a time lies between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


Instant = Annotated[datetime, AfterValidator(_plausible)]


def schema_of(
    shape: type, name: str, words: str, *, but: Iterable[str] = (), typed: Mapping[str, Any] | None = None, **said: str
) -> type[Schema]:
    """The schema of a typed structure (a dataclass or a ``TypedDict``), field by field, ``but`` some.

    ``typed``: fields that are shown as another schema; ``said``: what a field means, where its name does not say it.
    """
    hints = {field: hint for field, hint in get_type_hints(shape).items() if field not in set(but)} | dict(typed or {})
    fields: dict[str, Any] = {
        field: (hint, Field(..., description=said.get(field)) if field in said else ...)
        for field, hint in hints.items()
    }
    return create_model(name, __base__=Schema, __doc__=words or None, __module__=__name__, **fields)


class Strict(Schema):
    """Input that refuses fields it does not know: a misspelt field is an error, not a silence."""

    model_config = ConfigDict(extra="forbid")


class ContactIn(Strict):
    name: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=60)


class ReportIn(Strict):
    class_code: str = Field(..., max_length=12, description="a minor class of the scheme in force, e.g. E0110")
    description: str = Field(..., max_length=8_000, description="what is the matter; at most 4,000 characters")
    lon: float | None = Field(None, description="degrees, in the datum named")
    lat: float | None = Field(None, description="degrees, in the datum named")
    datum: Datum = Field(Datum.WGS84, description="what lon and lat refer to; stored as WGS84 with the given pair kept")
    area_id: Id | None = Field(None, description="the area, where no position is known")
    address: str = Field("", max_length=400)
    condition: int | None = Field(None, ge=1, le=50, description="ordinal of the filing condition")
    urgency: Urgency = Urgency.ORDINARY
    contact: ContactIn = ContactIn()


ReportedOut = schema_of(
    Reported,
    "ReportedOut",
    "",
    but=("case_id",),
    typed={"dispatch_due": datetime, "handle_due": datetime},
    follow_code="shown once; whoever has it follows the case",
    organisation="the body that the duty table names; empty where none is on record",
)
CaseOut = schema_of(CaseRow, "CaseOut", "A row of the list. Instants are UTC; positions are WGS84 degrees.")
CaseDetailsOut = schema_of(CaseDetails, "CaseDetailsOut", "What of a case is not in its row. Instants are UTC.")


class CasesOut(Schema):
    items: list[CaseOut]  # type: ignore[valid-type]
    next_cursor: str | None
    live_id: int = Field(description="the newest event in this snapshot; listen from here")


class CountOut(Schema):
    count: int


class OfficeIn(Strict):
    role: Role
    area_id: Id
    organisation_id: Id | None = None


class SavedViewIn(Strict):
    name: str = Field(..., max_length=400, description="at most 40 characters")
    query: str = Field(..., max_length=4_000, description="parameters of the list, e.g. status=reported&q=lamp")
    office: OfficeIn | None = Field(
        None, description="share with whoever holds this role there; a role of the caller's own"
    )


OfficeOut = schema_of(Office, "OfficeOut", "")
SavedViewOut = schema_of(
    ViewRow,
    "SavedViewOut",
    "",
    typed={"office": OfficeOut | None},
    query="what narrows the list, as its parameters",
)
StepOut = schema_of(HistoryStep, "StepOut", "")


class CasePageOut(Schema):
    case: CaseOut  # type: ignore[valid-type]
    description: str
    history: list[StepOut]  # type: ignore[valid-type]
    actions: list[str] = Field(description="what the caller may do now")
    routing_reason: str
    details: CaseDetailsOut  # type: ignore[valid-type]


class StepResultOut(Schema):
    number: str
    version: int
    status: str


PublicStepOut = schema_of(PublicStep, "PublicStepOut", "", again="given to somebody else while somebody had it")
FollowedOut = schema_of(
    Followed,
    "FollowedOut",
    "",
    but=("case_id",),
    typed={"steps": list[PublicStepOut]},  # type: ignore[valid-type]
    can_remind="the state allows a reminder",
    reminded_at="the reporter's own last reminder",
    remind_from="from when on the reporter may remind again",
)


class ConditionOut(Schema):
    limit: str = Field(description="handling limit, e.g. 4WH")
    text: str = Field(description="under which condition a case of the class is filed; may be empty")
    closing: str = Field(description="what must be so before it is closed; may be empty")
    total: str = Field(description="limit from the report to the closing, e.g. 5WD; empty where there is none")


class AttributeOut(Schema):
    code: str
    name: str
    name_en: str
    kind: Literal["text", "number", "choice", "choices", "date"]
    required: bool
    choices: list[str]


class ClassOut(Schema):
    code: str
    name: str
    name_en: str
    is_public: bool = Field(description="whether anybody may be told that something of it is open close by")
    limits: list[str] = Field(description="handling limit of each filing condition, e.g. 4WH")
    conditions: list[ConditionOut]
    words: str = Field(description="everyday phrases in Chinese that mean the class, apart by ';'")
    words_en: str = Field(description="the same in English")
    attributes: list[AttributeOut] = Field(description="what whoever handles a case of the class tells")


class AreaOut(Schema):
    id: int
    code: str
    name: str
    level: str


class LocatedOut(Schema):
    lon: float
    lat: float
    areas: list[AreaOut] = Field(description="from the city down to the grid; empty outside the city")


class PlaceOut(Schema):
    key: str = Field(description="what and which, e.g. compound:12")
    kind: str = Field(
        description="a level of areas, compound, road, river, crossing, ...; outside: of a service elsewhere"
    )
    name: str
    lon: float
    lat: float
    inside: list[str] = Field(description="names of the areas around it, the largest first")
    fits: float | None = Field(description="1 is the very name, close by; null of a service elsewhere")
    name_en: str = Field(description="its name in English, where it has one")
    inside_en: list[str] = Field(description="the same areas in English where they have such a name")
    source: str = Field(description="the service elsewhere that knows it; empty for the city's own")
    around: str = Field(description="where it is in that service's words")
    match: Match = Field(
        description="name: it is called so; like: only similar; kind: it is of the kind typed; number: without the number typed"
    )
    unknown: str = Field(description="the numbers typed that nobody knows")


class PhotoOut(Schema):
    id: str
    stage: str
    width: int
    height: int
    size: int
    side: str = Field(description="reporter or staff")
    taken_at: datetime | None = Field(description="as the photo said; told here once and kept nowhere")
    taken_lon: float | None
    taken_lat: float | None
    metres_from_place: float | None = Field(description="how far from the case's place it was taken")
    far_from_place: bool = Field(description="more than 200 m away: is it the right photo, and the right place?")


class ReporterOut(Schema):
    name: str = ""
    phone: str = ""


class ErasedOut(Schema):
    erased: bool


class LiveOut(Schema):
    id: int
    type: str
    number: str
    visible: bool = Field(description="false: the case has left what the caller sees; drop it")
    case: CaseOut | None  # type: ignore[valid-type]


class LivePageOut(Schema):
    events: list[LiveOut]
    last_id: int
    reset: bool = Field(description="true: events are missing; take a fresh snapshot")
    rights: str = Field(
        description="Another value than before: the caller's roles have changed; take a fresh snapshot. Empty: not signed in"
    )


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    message: str | None = Field(None, description="the same in English, with its particulars, for logs")
    errors: list[dict[str, str]] | None = None
