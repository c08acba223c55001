"""The roles that a person may hold in an area. A grant is role × area (× organisation); nothing else gives a right."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Positions of the field's practice (GB/T 30428, GB/T 22239 for the three separate administrators)."""

    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    STREET_DISPATCHER = "street_dispatcher"
    DEPARTMENT_OFFICER = "department_officer"
    CHECKER = "checker"
    OPERATIONS = "operations"
    PLANNER = "planner"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


# GB/T 22239 level 3 wants system, security and audit administration in three separate hands.
SEPARATE_ADMINS: frozenset[Role] = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
