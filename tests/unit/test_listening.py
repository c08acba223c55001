"""Looking for the listening socket leaves everything else that is open as it was."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys

from gezhi.interfaces.serving.listening import drop_stalled_readers

TRY = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB)"


def others_may_lock(path) -> bool:
    return (
        subprocess.run([sys.executable, "-c", TRY, str(path)], stderr=subprocess.DEVNULL, check=False).returncode == 0
    )


def test_the_socket_that_listens_is_told_and_no_lock_on_a_file_is_lost(tmp_path):
    path = tmp_path / "gezhi.sqlite3"
    path.write_bytes(b"0")
    with path.open("r+b") as held, socket.create_server(("127.0.0.1", 0)) as listener:
        fcntl.lockf(held, fcntl.LOCK_EX)
        assert not others_may_lock(path)
        before = set(os.listdir("/proc/self/fd"))
        drop_stalled_readers(None, seconds=7)
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7_000
        assert not others_may_lock(path)
        assert set(os.listdir("/proc/self/fd")) == before


def test_connections_inherit_what_the_kernel_may_keep_for_a_reader():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        drop_stalled_readers(None, seconds=7, send_buffer=65_536)
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            # The kernel doubles it, for what it keeps beside the bytes.
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * 65_536
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7_000
