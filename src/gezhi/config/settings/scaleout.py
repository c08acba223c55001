"""PostgreSQL and several processes. ``GEZHI_DATABASE_URL`` must be set."""

from gezhi.config.settings.base import *

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    from django.core.exceptions import ImproperlyConfigured

    raise ImproperlyConfigured("settings 'scaleout' needs GEZHI_DATABASE_URL=postgresql://…")
