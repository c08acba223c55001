"""The forger with thousands of votes, every re-telling grafted in every way."""

from time import monotonic

from tests.properties.test_forger import try_to_forge


def test_no_retelling_of_thousands_of_votes_gets_through(monkeypatch):
    start = monotonic()
    tried = try_to_forge(range(10_000, 11_000), monkeypatch, all_grafts=True)
    print(
        f"\nforger: {sum(tried.values())} re-tellings of 1000 votes refused, {len(tried)} ways, {monotonic() - start:.0f} s"
    )
