"""What must be there before a case passes the check: the closing condition of its class (结案条件), and a picture that it names.

A picture is demanded where the condition names one, and nowhere else (``kernel.formalism``).
"""

from __future__ import annotations

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.states import Stage
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.pictures import SUBJECT
from gezhi.kernel.formalism import names_a_recording
from gezhi.platform.files.models import Attachment

_SHOW_THE_END = (Stage.AFTER.value, Stage.CHECK.value)


def closing_condition(case: Case) -> str:
    """The closing condition of the case's class under its filing condition, as the city wrote it; empty where it wrote none."""
    entry = catalogue().classes.get(case.class_code)
    filed = None if entry is None else entry.filed_under(case.condition)
    return "" if filed is None else filed.closing


def lacks_picture(case: Case) -> bool:
    """Whether the closing condition asks for a picture and none shows how the place was left. A query only where it asks."""
    if not names_a_recording(closing_condition(case)):
        return False
    shown = Attachment.objects.filter(subject_type=SUBJECT, subject_id=case.pk, stage__in=_SHOW_THE_END)
    return not shown.exists()
