"""The test suite's settings: SQLite in memory unless ``GEZHI_DATABASE_URL`` names a PostgreSQL server."""

import os
import tempfile

os.environ.setdefault("GEZHI_HOME", tempfile.mkdtemp(prefix="gezhi-test-"))

from gezhi.config.identity import OIDC_APPLICATION
from gezhi.config.settings.base import *

# The routes of a city with an identity provider are asked with all the others.
INSTALLED_APPS = [*INSTALLED_APPS, OIDC_APPLICATION]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file and not memory: several threads write to it, as they do in production.
    DATABASES["default"]["TEST"] = {"NAME": str(GEZHI_HOME / "test.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ALLOWED_HOSTS = ["*"]
DESIGN_PAGE = True
LIVE_ORIGIN = "off"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

# pytest captures the log; a handler of our own would hold on to a stream that pytest closes.
LOGGING_CONFIG = None
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# A use case that writes after it has published fails where it does so.
GEZHI_HOLD_TO_LAST_WRITE = True
for name in (*ENV.DATA_KEYS, "push"):
    ENV.make_key(name)
# The suite asks faster than any person; what tests the limits sets its own.
GEZHI_RATE_ANONYMOUS = GEZHI_RATE_SIGNED_IN = GEZHI_RATE_ELSEWHERE = GEZHI_RATE_NUMBERS = GEZHI_RATE_SEARCH = (
    "1000000/m"
)
