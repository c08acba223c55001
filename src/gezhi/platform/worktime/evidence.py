"""The city's calendar under seal: every deadline rests on it."""

from __future__ import annotations

from gezhi.platform.audit.evidence import under_seal
from gezhi.platform.worktime.models import CalendarDay, CalendarVersion, OfficeHours

under_seal(CalendarVersion)
under_seal(CalendarDay)
under_seal(OfficeHours)
