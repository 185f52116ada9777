"""The page as a process of its own, as a test starts it, kills it and starts it again at the same address."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from paths import ROOT


class PageProcess:
    """``with PageProcess(store, settings) as page: ... page.kill(); page.start()``."""

    def __init__(self, store: Path, settings: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.log: list[str] = []
        self._arguments = ["--", "--store", str(store), "--config", str(settings)]
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Until it answers. Fails with what it has written where it does not."""
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        script = [str(ROOT / "streamlit_app.py"), "--server.port", str(self.port)]
        process = self._process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", *script, *self._arguments],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line)
            if "URL:" in line:
                break
        else:
            raise AssertionError("the page did not start:\n" + "".join(self.log))
        threading.Thread(target=lambda: self.log.extend(process.stdout or ()), daemon=True).start()

    def kill(self) -> None:
        """As a crash or a power cut does it."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def fill_disk(self, is_full: bool = True) -> None:
        """No file of it can grow by a byte, as on a full disk; or it can again."""
        assert self._process is not None
        _, most = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (0 if is_full else most, most))

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(20)
            if process.stdout is not None:
                process.stdout.close()
