"""The shapes of requests and responses, as the OpenAPI document shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, get_type_hints

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, create_model

from gezhi.contexts.cases.domain.states import Urgency
from gezhi.contexts.cases.queries import CaseDetails, CaseRow
from gezhi.kernel.datum import Datum
from gezhi.kernel.reading import FIRST_YEAR, LAST_YEAR, MOST, is_plausible
from gezhi.kernel.roles import Role

# A key of the database: what lies outside 64 bits cannot be one.
Id = Annotated[int, Field(ge=1, le=MOST)]


def _plausible(moment: datetime) -> datetime:
    if not is_plausible(moment):
        raise ValueError(f"a time lies between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


Instant = Annotated[datetime, AfterValidator(_plausible)]


def schema_of(shape: type, name: str, words: str) -> type[Schema]:
    """The schema of a typed structure: a dataclass or a ``TypedDict``, field by field."""
    fields: dict[str, Any] = {field: (hint, ...) for field, hint in get_type_hints(shape).items()}
    return create_model(name, __base__=Schema, __doc__=words, __module__=__name__, **fields)


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


class ReportedOut(Schema):
    number: str
    version: int
    status: str
    follow_code: str = Field(description="shown once; whoever has it follows the case")
    dispatch_due: datetime
    handle_due: datetime
    organisation: str = Field(description="the body that the duty table names; empty where none is on record")
    routing_reason: str


# A row of the list, as the cases context declares it.
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


class OfficeOut(Schema):
    role: str
    area_id: int
    organisation_id: int | None


class SavedViewOut(Schema):
    id: int
    name: str
    query: str = Field(description="what narrows the list, as its parameters")
    office: OfficeOut | None


class StepOut(Schema):
    version: int
    at: datetime
    action: str
    actor_label: str
    actor_role: str
    from_status: str
    to_status: str
    note: str
    changes: dict[str, Any]


class CasePageOut(Schema):
    case: CaseOut  # type: ignore[valid-type]
    description: str
    history: list[StepOut]
    actions: list[str] = Field(description="what the caller may do now")
    routing_reason: str
    details: CaseDetailsOut  # type: ignore[valid-type]


class StepResultOut(Schema):
    number: str
    version: int
    status: str


class PublicStepOut(Schema):
    at: datetime
    action: str
    note: str
    again: bool = Field(description="given to somebody else while somebody had it")


class FollowedOut(Schema):
    number: str
    status: str
    class_code: str
    description: str
    address: str
    street_id: int | None
    community_id: int | None
    organisation_name: str
    organisation_name_en: str
    suggested_name: str
    suggested_name_en: str
    reported_at: datetime
    due_at: datetime | None
    handle_due: datetime | None
    closed_at: datetime | None
    outcome: str
    outcome_note: str
    rating_solved: bool | None
    rating_score: int | None
    can_rate: bool
    can_withdraw: bool
    can_remind: bool = Field(description="the state allows a reminder")
    reminded_at: datetime | None = Field(description="the reporter's own last reminder")
    remind_from: datetime | None = Field(description="from when on the reporter may remind again")
    has_personal_data: bool
    steps: list[PublicStepOut]


class ClassOut(Schema):
    code: str
    name: str
    name_en: str
    limits: list[str] = Field(description="handling limit of each filing condition, e.g. 4WH")


class AreaOut(Schema):
    id: int
    code: str
    name: str
    level: str


class LocatedOut(Schema):
    lon: float
    lat: float
    areas: list[AreaOut] = Field(description="from the city down to the grid; empty outside the city")


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


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    errors: list[dict[str, str]] | None = None
