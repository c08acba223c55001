"""Fixtures that every suite may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets beside the repository; the test is skipped where it is absent."""
    folder = Path(os.environ.get("GEZHI_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no data folder at {folder}; set GEZHI_SHARED_DATA")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--soak", action="store_true", help="run what takes minutes (tests/soak) instead of leaving it out"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes; mark what never meets a database: it need not run again on the second one."""
    if not config.getoption("--soak"):
        lasting = [item for item in items if "soak" in item.path.parent.parts or item.get_closest_marker("lasting")]
        config.hook.pytest_deselected(items=lasting)
        items[:] = [item for item in items if item not in lasting]
    fixtures = {"db", "transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}
    for item in items:
        meets = item.get_closest_marker("django_db") or fixtures & set(getattr(item, "fixturenames", ()))
        if not meets:
            item.add_marker("no_database")


@pytest.fixture(autouse=True)
def _nothing_kept():
    """What a process keeps in memory outlives a test's rolled-back rows: forget it before each test."""
    from gezhi.platform.kept import forget_all

    forget_all()
