"""A service of map pictures, as a system administrator sets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gezhi.config.environment import Environment
from gezhi.config.tiles import tile_service
from gezhi.interfaces.web.middleware import content_policy
from gezhi.kernel.datum import Datum


def service(**settings: object):
    return tile_service(Environment(Path(), {f"tiles_{name}": value for name, value in settings.items()}))


def test_without_an_address_there_is_none():
    assert service() is None


def test_any_xyz():
    found = service(url="https://tile.example.cn:8443/{z}/{x}/{y}.png", attribution="© 某图", max_zoom=17)
    assert found.layers == (("https://tile.example.cn:8443/{z}/{x}/{y}.png",),)
    assert (found.max_zoom, found.datum, found.attribution) == (17, Datum.WGS84, "© 某图")
    assert found.origins == ("https://tile.example.cn:8443",)


def test_tianditu():
    found = service(
        url="https://t{s}.tianditu.gov.cn/DataServer?T={layer}&x={x}&y={y}&l={z}&tk={key}",
        key="a b&c",
        layers="vec_w,cva_w",
        hosts="0,1",
        datum="cgcs2000",
    )
    assert found.layers == tuple(
        tuple(
            f"https://t{host}.tianditu.gov.cn/DataServer?T={layer}&x={{x}}&y={{y}}&l={{z}}&tk=a%20b%26c"
            for host in "01"
        )
        for layer in ("vec_w", "cva_w")
    )
    assert found.datum is Datum.WGS84
    assert found.origins == ("https://t0.tianditu.gov.cn", "https://t1.tianditu.gov.cn")


def test_wmts():
    found = service(url="https://a.cn/wmts/vec/{TileMatrix}/{TileRow}/{TileCol}.png", datum="GCJ02")
    assert found.layers == (("https://a.cn/wmts/vec/{z}/{y}/{x}.png",),)
    assert found.datum is Datum.GCJ02


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "https://a.cn/{z}/{x}.png"}, "{y}"),
        ({"url": "https://a.cn/{z}/{x}/{-y}.png"}, "{-y}"),
        ({"url": "https://a.cn/{z}/{x}/{y}?k={key}"}, "GEZHI_TILES_KEY is missing"),
        ({"url": "https://a.cn/{z}/{x}/{y}?k={layer}"}, "GEZHI_TILES_LAYERS is missing"),
        ({"url": "https://t{s}.a.cn/{z}/{x}/{y}"}, "GEZHI_TILES_HOSTS is missing"),
        ({"url": "ftp://a.cn/{z}/{x}/{y}"}, "no host"),
        ({"url": "a.cn/{z}/{x}/{y}"}, "no host"),
        ({"url": "https://a.cn;script-src */{z}/{x}/{y}"}, "no host"),
        ({"url": "https://*.cn/{z}/{x}/{y}"}, "no host"),
        ({"url": "https://user:pass@a.cn/{z}/{x}/{y}"}, "no host"),
        ({"url": "https://a.cn/{z}/{x}/{y}", "datum": "bd09"}, "bd09"),
        ({"url": "https://a.cn/{z}/{x}/{y}", "max_zoom": 40}, "40 is no zoom"),
        ({"url": "https://a.cn/{z}/{x}/{y}", "max_zoom": "x"}, "whole number"),
    ],
)
def test_what_cannot_be_used_stops_the_program(settings, words):
    with pytest.raises(ImproperlyConfigured) as refused:
        service(**settings)
    assert words in str(refused.value)


def test_the_content_policy_allows_these_hosts_and_no_others():
    plain, more = content_policy("https://live"), content_policy("https://live", ("https://t0.a.cn", "https://t1.a.cn"))
    assert "connect-src 'self' https://live;" in plain
    assert more == plain.replace("https://live", "https://live https://t0.a.cn https://t1.a.cn")
    assert "connect-src 'self';" in content_policy()
