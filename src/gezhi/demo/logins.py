"""One account per role of the demo city. For demonstration only: the password lies in the data folder."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password

from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.accounts.use_cases.create_account import create_account

_FILE = "demo-logins.txt"


@dataclass(frozen=True)
class Login:
    """A demo account: what it may do, and where (a level of the demo worker's own place)."""

    username: str
    name: str
    role: Role
    level: str


LOGINS: tuple[Login, ...] = (
    Login("worker", "网格员", Role.GRID_WORKER, "grid"),
    Login("dispatcher", "街道调度员", Role.STREET_DISPATCHER, "street"),
    Login("officer", "部门办理员", Role.DEPARTMENT_OFFICER, "district"),
    Login("checker", "核查员", Role.CHECKER, "district"),
    Login("operations", "市运行中心", Role.OPERATIONS, "city"),
    Login("planner", "网格规划员", Role.PLANNER, "city"),
    Login("sysadmin", "系统管理员", Role.SYSTEM_ADMIN, "city"),
    Login("secadmin", "安全管理员", Role.SECURITY_ADMIN, "city"),
    Login("auditadmin", "审计管理员", Role.AUDIT_ADMIN, "city"),
)
# The department that the demo officer serves.
OFFICER_KIND = "sanitation"


@dataclass(frozen=True)
class Place:
    """Where the demo accounts are at home: area ids by level, and the officer's department."""

    area_ids: dict[str, int]
    organisation_id: int


def open_logins(*, actor: Actor, place: Place, home: Path, now: datetime) -> dict[str, int]:
    """Open the accounts with their grants; returns their ids by name.

    All have one password, made at random and written to the data folder (readable by its owner alone).
    """
    password = secrets.token_urlsafe(9)
    encoded = make_password(password)
    ids: dict[str, int] = {}
    for login in LOGINS:
        user = create_account(
            actor=actor,
            username=login.username,
            display_name=login.name,
            password=password,
            encoded_password=encoded,
            now=now,
        )
        grant_role(
            actor=actor,
            user_id=user.pk,
            role=login.role,
            area_id=place.area_ids[login.level],
            organisation_id=place.organisation_id if login.role is Role.DEPARTMENT_OFFICER else None,
            now=now,
        )
        ids[login.username] = user.pk
    path = home / _FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(f"{password}\n")
    return ids


def demo_password(home: Path) -> str | None:
    """The password of the demo accounts; None where there are none."""
    path = home / _FILE
    return path.read_text("utf-8").strip() if path.exists() else None
