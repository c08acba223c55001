"""Keys are made once and whole, however many start at once."""

from __future__ import annotations

import threading

from gezhi.config.environment import Environment


def test_many_at_once_get_one_whole_key(tmp_path):
    for number in range(20):
        gate = threading.Barrier(8)
        found = []

        def read(name=f"key{number}", gate=gate, found=found):
            gate.wait()
            environment = Environment(tmp_path, {})
            environment.make_key(name)
            found.append(environment.data_key(name))

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len(set(found)) == 1
    kept = list((tmp_path / "keys").iterdir())
    assert len(kept) == 20
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
