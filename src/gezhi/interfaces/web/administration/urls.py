"""Addresses of administration."""

from django.urls import path, register_converter

from gezhi.interfaces.throttle import looked_at_not_too_often
from gezhi.interfaces.web.administration import (
    account_changes,
    accounts,
    founding,
    hand_over,
    invitation,
    organisations,
    record,
    retention,
    rules,
    start,
    street,
    tables,
    templates,
    workers,
)
from gezhi.kernel.reading import row_id


class RowId:
    """A key of a row: no longer than every database can compare."""

    regex = "[0-9]{1,15}"

    def to_python(self, value: str) -> int:
        """The number. Raises ``ValueError``, which says that the address is none, for nought."""
        number = row_id(value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        """Its digits."""
        return str(value)


register_converter(RowId, "row")
_ACCOUNT = "administration/accounts/<row:account_id>"
_BODY = "administration/organisations/<row:organisation_id>"
_WORKER = "administration/workers/<row:worker_id>"
_TEMPLATE = "administration/templates/<row:number>"

urlpatterns = [
    path("administration", start.page, name="administration"),
    path("administration/accounts", accounts.page, name="administration-accounts"),
    path("administration/accounts/new", account_changes.new, name="administration-account-new"),
    path(_ACCOUNT, accounts.one, name="administration-account"),
    path(f"{_ACCOUNT}/roles", account_changes.add_role, name="administration-role-new"),
    path(f"{_ACCOUNT}/roles/<row:grant_id>/end", account_changes.end_role, name="administration-role-end"),
    path(f"{_ACCOUNT}/asked/<row:asked_id>", account_changes.answer, name="administration-role-answer"),
    path(f"{_ACCOUNT}/link", account_changes.link, name="administration-account-link"),
    path(f"{_ACCOUNT}/link/<row:asked_id>", account_changes.answer_for_link, name="administration-link-answer"),
    path(f"{_ACCOUNT}/end", account_changes.end, name="administration-account-end"),
    path(f"{_ACCOUNT}/restore", account_changes.restore, name="administration-account-restore"),
    path("administration/hand-over", hand_over.page, name="administration-hand-over"),
    path("administration/hand-over/<row:account_id>", hand_over.one, name="administration-hand-over-one"),
    path("administration/organisations", organisations.page, name="administration-organisations"),
    path("administration/organisations/new", organisations.new, name="administration-organisation-new"),
    path(_BODY, organisations.one, name="administration-organisation"),
    path(f"{_BODY}/rename", organisations.rename, name="administration-organisation-rename"),
    path(f"{_BODY}/end", organisations.end, name="administration-organisation-end"),
    path(f"{_BODY}/restore", organisations.restore, name="administration-organisation-restore"),
    path("administration/workers", workers.page, name="administration-workers"),
    path("administration/workers/new", workers.new, name="administration-worker-new"),
    path(_WORKER, workers.one, name="administration-worker"),
    path(f"{_WORKER}/move", workers.move, name="administration-worker-move"),
    path(f"{_WORKER}/end", workers.end, name="administration-worker-end"),
    path(f"{_WORKER}/restore", workers.restore, name="administration-worker-restore"),
    path("administration/tables", tables.page, name="administration-tables"),
    path("administration/rules", rules.page, name="administration-rules"),
    path("administration/rules/edit", rules.edit, name="administration-rules-edit"),
    path("administration/rules/withdraw", rules.withdraw, name="administration-rules-withdraw"),
    path("administration/templates", templates.page, name="administration-templates"),
    path("administration/templates/new", templates.new, name="administration-template-new"),
    path(_TEMPLATE, templates.one, name="administration-template"),
    path(f"{_TEMPLATE}/edit", templates.edit, name="administration-template-edit"),
    path(f"{_TEMPLATE}/withdraw", templates.withdraw, name="administration-template-withdraw"),
    path(f"{_TEMPLATE}/restore", templates.restore, name="administration-template-restore"),
    path("administration/retention", retention.page, name="administration-retention"),
    path("administration/retention/edit", retention.edit, name="administration-retention-edit"),
    path("administration/retention/withdraw", retention.withdraw, name="administration-retention-withdraw"),
    path("administration/street", street.page, name="administration-street"),
    path("administration/record", record.page, name="administration-record"),
    path("founding/<str:code>", looked_at_not_too_often(founding.page), name="founding"),
    path("invitation/<str:code>", looked_at_not_too_often(invitation.page), name="invitation"),
]
