"""What a web process must not load: it takes longer and more memory than all the rest, and no page or route needs it."""

from __future__ import annotations

import os
import subprocess
import sys

# Compiler, solvers and readers of map files: for imports and solver runs, which have processes of their own. And what speaks
# to an identity provider, where none is set.
HEAVY = ("numba", "llvmlite", "scipy", "highspy", "pymetis", "pyogrio", "pyproj", "requests")

_LOADED = f"""
import sys
import gezhi.config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
from gezhi.solvers.locate import AreaIndex
import shapely
index = AreaIndex([shapely.box(0, 0, 1, 1)], ["a"])
assert index.find(0.5, 0.5) == "a" and index.find_many([0.5] * 50, [2.0] * 50) == [None] * 50
print(*sorted(set({HEAVY!r}) & set(sys.modules)))
"""


def test_the_web_application_loads_no_compiler_and_no_solver(tmp_path):
    """Pages, API and the place of a report, in a process of their own."""
    environment = {
        **os.environ,
        "GEZHI_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded",
    }
    loaded = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LOADED], env=environment, check=True, capture_output=True, text=True
    )
    assert loaded.stdout.split() == []
