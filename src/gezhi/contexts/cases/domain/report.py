"""A report as it comes in, and what its words may be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gezhi.contexts.cases.domain.states import Channel, Urgency
from gezhi.kernel.datum import Datum
from gezhi.kernel.errors import InvalidInput

MAX_DESCRIPTION = 4_000
MAX_ADDRESS = 200
MAX_CONTACT = 60


@dataclass(frozen=True, slots=True)
class Contact:
    """What a reporter may leave so that the handler can ask back. All of it is optional."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it comes in. Either ``lon``/``lat`` (in ``datum``) or ``area_id`` must say where."""

    class_code: str
    description: str
    lon: float | None = None
    lat: float | None = None
    datum: Datum = Datum.WGS84
    area_id: int | None = None
    address: str = ""
    condition: int | None = None
    urgency: Urgency = Urgency.ORDINARY
    channel: Channel = Channel.WEB
    contact: Contact = field(default_factory=Contact)


def with_checked_words(report: Report) -> Report:
    """The report with its words trimmed. Raises ``InvalidInput``: no description, or words that are too long."""
    description, address = report.description.strip(), report.address
    if not description:
        raise InvalidInput("description_missing", "say in a few words what is the matter", field="description")
    if len(description) > MAX_DESCRIPTION:
        raise InvalidInput(
            "description_too_long",
            f"the description has {len(description)} characters; the limit is {MAX_DESCRIPTION}",
            field="description",
        )
    _without_nul(description, "description")
    for name, text in (("contact.name", report.contact.name), ("contact.phone", report.contact.phone)):
        if len(text) > MAX_CONTACT:
            raise InvalidInput("contact_too_long", f"a name or number has at most {MAX_CONTACT} characters", field=name)
    return replace(report, description=description, address=checked_address(address))


def checked_address(address: str) -> str:
    """The words that lead to a place, trimmed. Raises ``InvalidInput`` where they are too long."""
    address = address.strip()
    if len(address) > MAX_ADDRESS:
        raise InvalidInput("address_too_long", f"an address has at most {MAX_ADDRESS} characters", field="address")
    _without_nul(address, "address")
    return address


def _without_nul(text: str, field: str) -> None:
    # PostgreSQL cannot store it, and no keyboard types it.
    if "\0" in text:
        raise InvalidInput("control_character", "the text holds a NUL character", field=field)
