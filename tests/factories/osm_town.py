"""A town as a file of OpenStreetMap."""

from __future__ import annotations

from pathlib import Path

import osmium
from click.testing import CliRunner, Result

from gezhi.interfaces.cli.import_basemap import command
from gezhi.platform.kept import forget_all
from tests.factories.areas import SOUTH, WEST

# A street with a house, a park with a hole in it, and an address: nodes by their number, in metres or so from the city's corner.
TOWN = """<?xml version="1.0"?><osm version="0.6">
%(nodes)s
<node id="90" lat="%(lat)s" lon="%(lon)s"><tag k="addr:street" v="檀溪路"/><tag k="addr:housenumber" v="12"/></node>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="檀溪路"/></way>
<way id="2"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="yes"/><tag k="name" v="8栋"/></way>
<way id="3"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="14"/><nd ref="11"/></way>
<way id="4"><nd ref="21"/><nd ref="22"/><nd ref="23"/><nd ref="21"/></way>
<way id="5"><nd ref="1"/><nd ref="2"/><nd ref="404"/><nd ref="11"/><nd ref="12"/><tag k="highway" v="path"/></way>
<way id="6"><nd ref="405"/><nd ref="404"/><tag k="highway" v="path"/></way>
<relation id="7"><member type="way" ref="3" role="outer"/><member type="way" ref="4" role="inner"/>
<tag k="type" v="multipolygon"/><tag k="leisure" v="park"/><tag k="name" v="檀溪公园"/></relation>
</osm>"""
NODES = {
    1: (0, 0), 2: (30, 0), 3: (30, 20),
    11: (50, 0), 12: (150, 0), 13: (150, 90), 14: (50, 90), 21: (80, 30), 22: (100, 30), 23: (100, 50),
}  # fmt: skip
METRE = 1e-5


def town(west: float = WEST, south: float = SOUTH) -> bytes:
    nodes = "".join(
        f'<node id="{number}" lat="{south + y * METRE:.7f}" lon="{west + x * METRE:.7f}"/>'
        for number, (x, y) in NODES.items()
    )
    return (TOWN % {"nodes": nodes, "lat": south, "lon": west}).encode()


def as_pbf(path: Path, xml: bytes) -> Path:
    """The same as the compact format."""
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(osmium.io.FileBuffer(xml, "osm")):
            writer.add(thing)
    return path


def as_plain_pbf(path: Path, xml: bytes) -> bytes:
    """The same without packing, so that its texts stand in it as they are."""
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf,pbf_compression=none")) as writer:
        for thing in osmium.FileProcessor(osmium.io.FileBuffer(xml, "osm")):
            writer.add(thing)
    return path.read_bytes()


def named(name: str) -> bytes:
    return town().replace("檀溪公园".encode(), name.encode())


def import_basemap(*arguments: object) -> Result:
    """`gezhi import basemap` with these arguments, and everything kept read anew."""
    done = CliRunner().invoke(command, [str(one) for one in arguments])
    forget_all()
    return done
