"""One machine, one folder, SQLite: what ``gezhi`` uses unless the environment says otherwise."""

from gezhi.config.settings.base import *
