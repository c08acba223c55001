"""Sixty values that no form of ours sends and some client does: digits that are none, numbers without end, bent addresses."""

from __future__ import annotations

ODD: tuple[str, ...] = (
    "", " ", "\t", "\n", "\r\nX-Forged: 1", "\0", "a\0b", "\\000", "\x7f", "\x1b[31m",
    "²", "٣", "½", "１２", "Ⅷ", "一", "-1", "0", "+1", "1.5",
    "1e400", "-1e400", "1e-400", "nan", "inf", "-Infinity", "0x10", "1_000", "9" * 30, "9" * 4_400,
    str(2**31), str(2**63 - 1), str(2**63), str(-(2**63)), "true", "null", "[]", "{}", '{"a":1}', "[" * 300,
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30", "2026-11-22T25:00",
    "20261122", "-2026-01-01", "WyJkdWUiLCIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwxXQ", "WyJuZXdlc3QiLCI5OTk5LTEyLTMxIiw5XQ",
    "WyJuZXdlc3QiLDEsMWU0MDBd", "http://[bad", "//[", "../../etc/passwd", "%00%ff%zz", "' OR 1=1 --",
    "<script>alert(1)</script>", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "😀" * 200, "é" * 5_000,
)  # fmt: skip
