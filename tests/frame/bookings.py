from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict

from django.db import transaction

from gezhi.kernel.errors import Conflict
from gezhi.kernel.ids import follow_code
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Words
from gezhi.platform.access.policies import Reason
from gezhi.platform.steps.addresses import Choices, Instant
from gezhi.platform.steps.kind import Kind
from gezhi.platform.steps.listing import ListTool, Sort, by_column, filter_by
from gezhi.platform.steps.perform import begin
from gezhi.platform.steps.personal import keep_personal
from gezhi.platform.steps.relations import ANYONE, in_area, own
from gezhi.platform.steps.rows import Rows
from gezhi.platform.steps.scopes import OwnPart, ScopeTable
from gezhi.platform.steps.verb import Changes, Moment, asked_as, step, within
from tests.frame.models import Booking, BookingStep, Room
from tests.frame.table import FOLDED, TABLE, Action, Relation, Status

BOOKED = OwnPart("booked_by_id", Reason("This person booked the room."), Reason("This person did not book the room."))
SCOPES = ScopeTable(readers=(Role.STREET_DISPATCHER, Role.OPERATIONS), levels=("community",), own=(BOOKED,))

BookingRow = TypedDict("BookingRow", {  # noqa: UP013
    "id": int, "number": str, "version": int, "status": str, "community_id": int, "booked_by_id": int,
    "starts_at": datetime, "ends_at": datetime, "people": int, "came": int | None,
})  # fmt: skip
ROWS = Rows(Booking, BookingRow)
BOOKING = Kind(
    name="booking",
    model=Booking,
    history=BookingStep,
    subject="booking",
    reference="number",
    missing="no_booking",
    statuses=Status,
    table=TABLE,
    folded=FOLDED,
    scopes=SCOPES,
    relations={Relation.ANYONE: ANYONE, Relation.OWN: own(BOOKED), Relation.COVERS: in_area(SCOPES)},
    chain=lambda booking: f"bookings:{booking.community_id}",
    row=ROWS.of,
    personal="personal_record",
    purpose="booking",
    keep_days=30,
    topic="bookings",
)


@dataclass(frozen=True, slots=True)
class Filters:
    statuses: tuple[Status, ...] = filter_by(by_column("status__in"), (), address=Choices("status", Status))
    starts_from: datetime | None = filter_by(by_column("starts_at__gte"), slot=datetime, address=Instant("starts_from"))


BOOKINGS = ListTool(Booking, SCOPES, Filters, {"soonest": Sort("starts_at")}, rows=ROWS)


def ask_for_room(*, actor, room: Room, starts_at, hours, people, phone="", now) -> Booking:
    """Ask for a room; the phone is kept apart for thirty days. Raises ``Conflict`` where the room is too small."""
    if people > room.seats:
        raise Conflict("room_too_small", f"{room.name} has {room.seats} seats")
    columns = {
        "status": Status.ASKED.value,
        "room_id": room.pk,
        "community_id": room.community_id,
        "booked_by_id": actor.user_id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours),
        "people": people,
    }
    with transaction.atomic():
        booking = Booking(number=follow_code(), **columns)
        booking.personal_record = keep_personal(BOOKING, booking.number, {"phone": phone}, now=now)
        booking.save()
        begin(BOOKING, booking, action=Action.ASK, changes=columns, at=Moment(now, actor, role="resident"))()
    return booking


@step(BOOKING, Action.APPROVE)
def approve_booking(booking: Booking, at: Moment) -> Changes:
    """Give the room, unless somebody has it at that time."""
    others = Booking.objects.filter(room=booking.room_id, status__in=[Status.APPROVED, Status.HELD]).exclude(
        pk=booking.pk
    )
    if others.filter(starts_at__lt=booking.ends_at, ends_at__gt=booking.starts_at).exists():
        raise Conflict("room_taken", "somebody has the room at that time")
    return {}


@dataclass(frozen=True, slots=True)
class CheckIn:
    came: int = field(metadata=within(ge=1, le=1_000) | asked_as(Words("People who came")))


@step(BOOKING, Action.CHECK_IN)
def check_in(booking: Booking, at: Moment, given: CheckIn) -> Changes:
    """They came."""
    return {"came": given.came}


@step(BOOKING, Action.CANCEL)
def cancel_booking(booking: Booking, at: Moment) -> Changes:
    """Give it up."""
    return {}


@step(BOOKING, Action.MISS)
def miss_booking(booking: Booking, at: Moment) -> Changes:
    """Nobody came."""
    return {}
