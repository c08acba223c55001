"""The kinds of background work that the product comes with."""

from __future__ import annotations


def register_all() -> None:
    """Make them known. Called where the web application is loaded, in every process alike."""
    from gezhi.interfaces.work.class_table import CHECK_CLASS_FILE, EXPORT_CLASS_TABLE, INSTALL_CLASS_FILE
    from gezhi.interfaces.work.cut_grids import CUT_GRIDS
    from gezhi.interfaces.work.duty_table import CHECK_DUTY_FILE, EXPORT_DUTY_TABLE, INSTALL_DUTY_FILE
    from gezhi.interfaces.work.escalation_rules import (
        CHECK_ESCALATION_FILE,
        EXPORT_ESCALATION_RULES,
        INSTALL_ESCALATION_FILE,
    )
    from gezhi.interfaces.work.export_cases import EXPORT_CASES
    from gezhi.interfaces.work.export_ledger import EXPORT_LEDGER
    from gezhi.interfaces.work.import_areas import CHECK_AREA_FILE, IMPORT_AREA_FILE
    from gezhi.interfaces.work.import_cases import CHECK_CASE_FILE, IMPORT_CASE_FILE
    from gezhi.platform.work.kinds import register_work

    for kind in (
        EXPORT_CASES,
        EXPORT_LEDGER,
        CHECK_CASE_FILE,
        IMPORT_CASE_FILE,
        CHECK_AREA_FILE,
        IMPORT_AREA_FILE,
        CUT_GRIDS,
        EXPORT_CLASS_TABLE,
        CHECK_CLASS_FILE,
        INSTALL_CLASS_FILE,
        EXPORT_DUTY_TABLE,
        CHECK_DUTY_FILE,
        INSTALL_DUTY_FILE,
        EXPORT_ESCALATION_RULES,
        CHECK_ESCALATION_FILE,
        INSTALL_ESCALATION_FILE,
    ):
        register_work(kind)
