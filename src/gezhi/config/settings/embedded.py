"""One machine, one folder, SQLite: what ``gezhi`` uses unless the environment says otherwise."""

from gezhi.config.settings.base import *

# One process serves straight from the package; hashed copies are for deployments that run `gezhi init` at each release.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
