"""One machine, one folder, SQLite: what ``gezhi`` uses unless ``GEZHI_DATABASE_URL`` or ``DJANGO_SETTINGS_MODULE`` says otherwise."""

from gezhi.config.settings.base import *
