"""One count of proxies decides whose request it is."""

from __future__ import annotations

import pytest

from gezhi.interfaces.client_address import client_address, counted_as


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        (None, 0, "10.0.0.1"),
        ("192.0.2.1", 0, "10.0.0.1"),
        (None, 1, "10.0.0.1"),
        ("192.0.2.1", 1, "192.0.2.1"),
        ("203.0.113.7, 192.0.2.1", 1, "192.0.2.1"),
        ("203.0.113.7,192.0.2.1, 198.51.100.1", 2, "192.0.2.1"),
        # Came to the inner proxy directly.
        ("192.0.2.1", 2, "192.0.2.1"),
        ("192.0.2.1:4711", 1, "192.0.2.1"),
        ("[2001:db8::1]:4711", 1, "2001:db8::1"),
        ("2001:DB8::1", 1, "2001:db8::1"),
        ("unknown", 1, "10.0.0.1"),
        ("192.0.2.1, <script>", 1, "10.0.0.1"),
        (",", 1, "10.0.0.1"),
    ],
)
def test_the_address_that_our_own_proxies_saw_counts(forwarded, proxies, expected):
    assert client_address("10.0.0.1", forwarded, proxies=proxies) == expected


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::1", "2001:db8:0:2::/64"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_network_of_one_subscriber_is_counted_as_one(address, counted):
    assert counted_as(address) == counted
