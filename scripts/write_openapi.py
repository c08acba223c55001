"""Write ``docs/reference/openapi.json``: the API as the code defines it, committed so that a change of it is seen."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "openapi.json"


def document() -> str:
    """The OpenAPI document, sorted and indented, with a newline at its end."""
    from gezhi.interfaces.api.v1.urls import api

    return (
        json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    )


def main() -> None:
    """Write the document in an empty data folder's settings."""
    os.environ.setdefault("GEZHI_HOME", tempfile.mkdtemp(prefix="gezhi-docs-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings.embedded")
    import django

    django.setup()
    TARGET.write_text(document(), "utf-8")


if __name__ == "__main__":
    main()
