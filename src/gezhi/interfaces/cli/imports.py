"""``gezhi import``: what can be read from files. Each sub-command's module is loaded when it is called."""

from __future__ import annotations

from gezhi.interfaces.cli.lazy import LazyGroup

command = LazyGroup(
    name="import",
    help="Read areas, cases and other records from files.",
    context_settings={"help_option_names": ["-h", "--help"]},
    lazy={
        "areas": ("gezhi.interfaces.cli.import_areas:command", "Polygons of one level of area"),
        "basemap": ("gezhi.interfaces.cli.import_basemap:command", "The ground under all maps, from OpenStreetMap"),
        "classes": ("gezhi.interfaces.cli.import_tables:classes", "A city's own class table"),
        "duties": ("gezhi.interfaces.cli.import_tables:duties", "A city's own duty table"),
        "escalation": ("gezhi.interfaces.cli.import_tables:escalation", "A city's own rules of reminding"),
        "places": ("gezhi.interfaces.cli.import_places:command", "Landmarks by name from a city's own list"),
        "cases": ("gezhi.interfaces.cli.import_cases:command", "Requests of another register"),
    },
)
