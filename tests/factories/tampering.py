"""What somebody can do who writes to the database with SQL and has no key: the catalogue that `gezhi audit verify` meets.

Each attack is a function of ``Lived``, the small city with a history in every table on which evidence rests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import connection
from PIL import Image

from gezhi.contexts.cases.domain.photos import Stage
from gezhi.contexts.cases.use_cases import Command, Contact, accept_case, dispatch_case
from gezhi.contexts.cases.use_cases.attach_photo import attach_photo
from gezhi.contexts.cases.use_cases.erase_reporter import erase_reporter
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.contexts.powers.use_cases.register_powers import PowerRow, register_powers
from gezhi.kernel.roles import Role
from gezhi.platform.access.tokens import issue_token
from gezhi.platform.access.use_cases.end_grant import end_grant
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.files.store import path_of
from tests.factories.cases import MONDAY, SYSTEM, Town, make_town, report

CHAIN = "cases_caseevent"


@dataclass
class Lived:
    """The city of ``make_town`` after a morning's work. ``cases`` and so on are ids."""

    town: Town
    cases: list[int]
    erased_case: int
    grant: int
    ended_grant: int
    token: int
    chain: str


def picture(shade: int = 90) -> bytes:
    """A small JPEG."""
    out = BytesIO()
    Image.new("RGB", (64, 48), (shade, 120, 60)).save(out, "JPEG")
    return out.getvalue()


def live_a_morning() -> Lived:
    """Reports with and without a name, steps, looks, an erasure, photos, grants given and ended, a token, a power."""
    town = make_town()
    contact = Contact(name="王芳", phone="13800000000")
    made = [report(grid=grid, contact=contact) for grid in (0, 1, 2)]
    made += [report(grid=0), report(town.actor("resident"), grid=1)]
    first = made[0].number
    dispatcher, officer = town.actor("dispatcher"), town.actor("officer")
    dispatch_case(Command(actor=dispatcher, number=first, now=MONDAY), organisation_id=town.bodies["sanitation"].pk)
    accept_case(Command(actor=officer, number=first, now=MONDAY))
    read_reporter(actor=officer, number=first, reason="问清楚位置", now=MONDAY)
    read_reporter(actor=dispatcher, number=made[1].number, reason="回访", now=MONDAY)
    erase_reporter(actor=town.actor("resident"), code=made[2].follow_code, now=MONDAY)
    for shade in (90, 140):
        attach_photo(
            asker="a phone", actor=dispatcher, number=first, raw=picture(shade), stage=Stage.BEFORE, now=MONDAY
        )
    city = town.areas["4206"].pk
    given = grant_role(
        actor=SYSTEM,
        user_id=town.users["resident"].pk,
        role=Role.CHECKER,
        area_id=town.areas["420602001"].pk,
        now=MONDAY,
    )
    ended = grant_role(actor=SYSTEM, user_id=town.users["resident"].pk, role=Role.PLANNER, area_id=city, now=MONDAY)
    end_grant(actor=SYSTEM, grant_id=ended.pk, now=MONDAY + timedelta(minutes=1))
    issue_token(actor=SYSTEM, user_id=town.users["operations"].pk, name="大屏", now=MONDAY)
    register_powers(
        actor=SYSTEM,
        rows=[PowerRow("P1", "暂扣", "urban_management", "street", MONDAY.date(), handle_limit="3WD")],
        now=MONDAY,
    )
    return Lived(
        town,
        [row.case_id for row in made],
        made[2].case_id,
        given.pk,
        ended.pk,
        one("SELECT MAX(id) FROM access_apitoken"),
        one(f"SELECT chain FROM {CHAIN} LIMIT 1"),
    )


def sql(statement: str, *values: Any) -> None:
    """One statement, as somebody at the database types it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def one(statement: str, *values: Any) -> Any:
    """The first column of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def record(case: int) -> Any:
    """The personal record of a case, as the driver gives it."""
    return one("SELECT personal_record FROM cases_case WHERE id = %s", case)


def _cut(table: str, chain: str, keep: int) -> None:
    """Cut a chain's tail off and rewrite its end to match, as far as the attacker can."""
    sql(f"DELETE FROM {table} WHERE chain = %s AND seq > %s", chain, keep)
    last = one(f"SELECT hash FROM {table} WHERE chain = %s AND seq = %s", chain, keep)
    sql("UPDATE audit_chainhead SET seq = %s, hash = %s WHERE name = %s", keep, last, chain)


def _drop_case(case: int) -> None:
    sql("DELETE FROM cases_case WHERE id = %s", case)


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _swap(table: str, column: str, first: Any, second: Any, key: str = "id") -> None:
    one_value = one(f"SELECT {column} FROM {table} WHERE {key} = %s", first)
    other = one(f"SELECT {column} FROM {table} WHERE {key} = %s", second)
    sql(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", other, first)
    sql(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", one_value, second)


def _copy(table: str, where: str, *values: Any, **changed: str) -> None:
    """Insert a copy of a row without its key, some columns given as SQL."""
    names = [name for name in _columns(table) if name != "id"]
    source = ", ".join(changed.get(name, name) for name in names)
    sql(f"INSERT INTO {table} ({', '.join(names)}) SELECT {source} FROM {table} WHERE {where}", *values)


def _swap_cases(lived: Lived) -> None:
    first, second = lived.cases[0], lived.cases[3]
    for old, new in ((first, -1), (second, first), (-1, second)):
        sql("UPDATE cases_case SET id = %s WHERE id = %s", new, old)


def _delete_case_and_history(lived: Lived) -> None:
    case = lived.cases[-1]
    sql("DELETE FROM cases_caseevent WHERE case_id = %s", case)
    _drop_case(case)
    last, seq = one(f"SELECT hash FROM {CHAIN} ORDER BY seq DESC LIMIT 1"), one(f"SELECT MAX(seq) FROM {CHAIN}")
    sql("UPDATE audit_chainhead SET seq = %s, hash = %s WHERE name = %s", seq, last, lived.chain)


def _new_photo_bytes(lived: Lived) -> None:
    path_of(one("SELECT sha256 FROM files_attachment ORDER BY created_at, id LIMIT 1")).write_bytes(picture(10))


def _wipe_chain(lived: Lived) -> None:
    sql(f"DELETE FROM {CHAIN} WHERE chain = %s", lived.chain)
    sql("DELETE FROM audit_chainhead WHERE name = %s", lived.chain)


def _wipe_chain_and_cases(lived: Lived) -> None:
    _wipe_chain(lived)
    sql("DELETE FROM cases_case")


def _wipe_audit(lived: Lived) -> None:
    sql("DELETE FROM audit_auditrecord")
    sql("DELETE FROM audit_chainhead WHERE name = 'audit'")


def _put_back_erased(lived: Lived) -> None:
    sealed = one("SELECT sealed FROM vault_personalrecord WHERE id = %s", record(lived.cases[0]))
    sql(
        "UPDATE vault_personalrecord SET sealed = %s, erased_at = NULL WHERE id = %s",
        sealed,
        record(lived.erased_case),
    )


Attack = Callable[[Lived], None]


def _case(column: str, value: Any) -> Attack:
    return lambda lived: sql(f"UPDATE cases_case SET {column} = %s WHERE id = %s", value, lived.cases[0])


def _all(table: str, change: str, *values: Any) -> Attack:
    """A change of every row of a table."""
    return lambda lived: sql(f"UPDATE {table} SET {change}", *values)


def _grant(change: str, *values: Any) -> Attack:
    return lambda lived: sql(f"UPDATE access_grant SET {change} WHERE id = %s", *values, lived.grant)


ATTACKS: dict[str, Attack] = {
    # Chains and their ends.
    "cut a case chain and rewrite its end": lambda lived: _cut(CHAIN, lived.chain, 2),
    "cut the audit chain and rewrite its end": lambda lived: _cut("audit_auditrecord", "audit", 3),
    "delete a chain and its end": _wipe_chain,
    "delete a chain, its end and its cases": _wipe_chain_and_cases,
    "delete the audit chain and its end": _wipe_audit,
    "delete an end": lambda lived: sql("DELETE FROM audit_chainhead WHERE name = %s", lived.chain),
    "move an end back": lambda lived: sql("UPDATE audit_chainhead SET seq = 1 WHERE name = %s", lived.chain),
    "invent an end": lambda lived: sql("INSERT INTO audit_chainhead (name, seq, hash) VALUES ('cases:999', 0, '')"),
    "change an audit record": _all("audit_auditrecord", "actor_label = 'x'"),
    "delete an audit record": lambda lived: sql("DELETE FROM audit_auditrecord WHERE seq = 2"),
    "swap two audit records": lambda lived: _swap(
        "audit_auditrecord", "data", *(one(f"SELECT id FROM audit_auditrecord WHERE seq = {n}") for n in (1, 3))
    ),
    "insert a step": lambda lived: _copy(CHAIN, "seq = 2", seq="999", version="9"),
    "change a step": lambda lived: sql(f"UPDATE {CHAIN} SET note = 'x' WHERE case_id = %s", lived.cases[0]),
    "swap two steps": lambda lived: _swap(
        CHAIN, "note", *(one(f"SELECT id FROM {CHAIN} WHERE seq = {n}") for n in (1, 6))
    ),
    # Cases.
    "delete a case whose history stays": lambda lived: _drop_case(lived.cases[3]),
    "delete the newest case whose history stays": lambda lived: _drop_case(lived.cases[-1]),
    "delete a case and its history": _delete_case_and_history,
    "insert a case without history": lambda lived: _copy(
        "cases_case", "id = %s", lived.cases[3], number="'20990101000001'", follow_digest="NULL"
    ),
    "swap two cases": _swap_cases,
    "change a case's number": _case("number", "20990101000009"),
    "take over a case as its reporter": lambda lived: sql(
        "UPDATE cases_case SET reporter_user_id = %s WHERE id = %s", lived.town.users["worker"].pk, lived.cases[0]
    ),
    "change a case's follow digest": _case("follow_digest", "0" * 64),
    "take a case's follow digest away": lambda lived: sql(
        "UPDATE cases_case SET follow_digest = NULL WHERE id = %s", lived.cases[1]
    ),
    "take a case's personal record away": _case("personal_record", None),
    "point a case at another's personal record": lambda lived: sql(
        "UPDATE cases_case SET personal_record = %s WHERE id = %s", record(lived.cases[1]), lived.cases[0]
    ),
    "change a case's external source": _case("external_source", "other"),
    "change a case's external id": _case("external_id", "17"),
    "change a case's status": _case("status", "cancelled"),
    "change a case's deadline": _case("handle_due", "2030-01-01 00:00:00"),
    "change a case's description": _case("description", "x"),
    "change a case's assignee": lambda lived: sql(
        "UPDATE cases_case SET assignee_id = %s WHERE id = %s", lived.town.users["worker"].pk, lived.cases[0]
    ),
    # Looks and personal records.
    "delete a look": lambda lived: sql(
        "DELETE FROM vault_personaldataaccess WHERE id = (SELECT MIN(id) FROM vault_personaldataaccess)"
    ),
    "delete all looks": lambda lived: sql("DELETE FROM vault_personaldataaccess"),
    "change who looked": _all("vault_personaldataaccess", "actor_label = 'somebody else'"),
    "insert a look": lambda lived: _copy("vault_personaldataaccess", "action = 'erase'", action="'read'"),
    "extend the keeping of personal data": _all("vault_personalrecord", "expires_at = '2099-01-01 00:00:00+00:00'"),
    "delete a personal record": lambda lived: sql(
        "DELETE FROM vault_personalrecord WHERE id = %s", record(lived.cases[0])
    ),
    "swap two sealed contents": lambda lived: _swap(
        "vault_personalrecord", "sealed", record(lived.cases[0]), record(lived.cases[1])
    ),
    "put erased data back": _put_back_erased,
    "erase personal data by hand": lambda lived: sql(
        "UPDATE vault_personalrecord SET sealed = NULL WHERE id = %s", record(lived.cases[0])
    ),
    # Rights.
    "add a grant": lambda lived: _copy("access_grant", "id = %s", lived.grant, role="'security_admin'"),
    "widen a grant": lambda lived: sql(
        "UPDATE access_grant SET area_id = %s WHERE id = %s", lived.town.areas["4206"].pk, lived.grant
    ),
    "raise a grant's role": _grant("role = 'operations'"),
    "give a grant to somebody else": lambda lived: sql(
        "UPDATE access_grant SET user_id = %s WHERE id = %s", lived.town.users["worker"].pk, lived.grant
    ),
    "un-end a grant": lambda lived: sql("UPDATE access_grant SET valid_to = NULL WHERE id = %s", lived.ended_grant),
    "delete a grant": lambda lived: sql("DELETE FROM access_grant WHERE id = %s", lived.grant),
    "prolong a token": _all("access_apitoken", "expires_at = '2099-01-01 00:00:00+00:00'"),
    "replace a token": _all("access_apitoken", "digest = 'x'"),
    "add a token": lambda lived: _copy("access_apitoken", "id = %s", lived.token, digest="'y'"),
    "delete a token": lambda lived: sql("DELETE FROM access_apitoken"),
    "make an account superuser": lambda lived: sql(
        "UPDATE accounts_user SET is_superuser = %s WHERE id = %s", True, lived.town.users["resident"].pk
    ),
    "close an account": lambda lived: sql(
        "UPDATE accounts_user SET is_active = %s WHERE id = %s", False, lived.town.users["resident"].pk
    ),
    "change a password": lambda lived: sql(
        "UPDATE accounts_user SET password = 'x' WHERE id = %s", lived.town.users["dispatcher"].pk
    ),
    "add an account": lambda lived: _copy(
        "accounts_user", "id = %s", lived.town.users["resident"].pk, username="'intruder'"
    ),
    # Pictures.
    "delete an attachment": lambda lived: sql("DELETE FROM files_attachment"),
    "change an attachment's stage": _all("files_attachment", "stage = 'after'"),
    "change an attachment's case": lambda lived: sql("UPDATE files_attachment SET subject_id = %s", lived.cases[1]),
    "swap two pictures": lambda lived: _swap(
        "files_attachment",
        "sha256",
        one("SELECT id FROM files_attachment ORDER BY id LIMIT 1"),
        one("SELECT id FROM files_attachment ORDER BY id DESC LIMIT 1"),
    ),
    "replace a picture's bytes": _new_photo_bytes,
    # What routing and deadlines rest on.
    "change a duty rule": _all("cases_dutyrule", "handle_limit = '30WD'"),
    "delete a duty rule": lambda lived: sql(
        "DELETE FROM cases_dutyrule WHERE id = (SELECT MIN(id) FROM cases_dutyrule)"
    ),
    "add a duty rule": lambda lived: _copy("cases_dutyrule", "id = (SELECT MIN(id) FROM cases_dutyrule)"),
    "change when a duty table took effect": _all("cases_dutytable", "effective_from = '2020-01-01 00:00:00+00:00'"),
    "take a class out of use": lambda lived: sql("UPDATE cases_caseclass SET active = %s WHERE code = 'E0110'", False),
    "change a filing condition's limit": _all("cases_filingcondition", "\"limit\" = '30WD'"),
    "take a class scheme out of force": _all("cases_classscheme", "in_force = %s", False),
    "change a power": _all("cases_power", "handle_limit = '30WD'"),
    "change where a power lies": _all("powers_holding", "status = 'withdrawn'"),
    "change until when a power lies there": _all("powers_holding", "valid_to = '2020-01-01 00:00:00+00:00'"),
    "call a power at a street otherwise": _all("powers_holding", "number = '9-9'"),
    "change who entered a power": _all("powers_holdingstep", "actor_label = 'somebody else'"),
    "add a holiday": lambda lived: sql(
        "INSERT INTO worktime_calendarday (day, kind, note) VALUES ('2026-03-03', 'holiday', '')"
    ),
    "add office hours": lambda lived: sql(
        "INSERT INTO worktime_officehours (weekday, opens, closes) VALUES (0, '09:00:00', '10:00:00')"
    ),
    "put an area version out of force": _all("areas_areaversion", "status = 'superseded'"),
    "move a border": lambda lived: _swap(
        "areas_areashape", "geometry", *(one(f"SELECT {f}(id) FROM areas_areashape") for f in ("MIN", "MAX"))
    ),
    "move an area in the tree": lambda lived: sql("UPDATE areas_area SET level = 'grid' WHERE code = '420602001'"),
    "delete a border": lambda lived: sql(
        "DELETE FROM areas_areashape WHERE id = (SELECT MAX(id) FROM areas_areashape)"
    ),
    "change a department's kind": _all("organisations_organisation", "kind = 'other'"),
    # The seals themselves.
    "delete the seals of a grant": lambda lived: sql("DELETE FROM audit_seal WHERE kind = 'access.Grant'"),
    "delete all seals and the register": lambda lived: (
        sql("DELETE FROM audit_seal"),
        sql("DELETE FROM audit_chainhead WHERE name IN ('seals', 'chains')"),
        sql("UPDATE audit_chainhead SET seal = ''"),
    )[0],
    "take a seal off an end": lambda lived: sql("UPDATE audit_chainhead SET seal = '' WHERE name = %s", lived.chain),
}
