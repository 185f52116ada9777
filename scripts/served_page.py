"""The page's real server as a process of its own, for tests, pictures and measurements.

    with ServedPage(folder, ["--store", str(store)]) as page:
        page.address; page.kill(); page.start()  # at the same address

It is what ``secondlook app`` starts, or, with ``LAUNCHER``, what ``streamlit run streamlit_app.py`` starts.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[1]
SERVER = ("-m", "chatbot.ui.server")
LAUNCHER = ("-m", "streamlit", "run", str(ROOT / "streamlit_app.py"))
COOKIE_SECRET = "a long random text of the server, which signs the cookies"
ISSUER = "https://id.example"  # of everybody who signs in
_PATIENCE_S = 60.0
_LOOK_S = 0.05
_AUTH = """[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{secret}"
client_id = "a"
client_secret = "b"
server_metadata_url = "http://127.0.0.1:9/none"
"""


class ServedPage:
    """One server, started, killed and started again at one address.

    Attributes:
        log: what it has written, line by line.
        process: ``None`` while it does not run.
    """

    def __init__(
        self,
        folder: Path,
        arguments: Sequence[str] = (),
        *,
        options: Sequence[str] = (),
        command: Sequence[str] = SERVER,
        sign_in: bool = False,
        environment: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
    ) -> None:
        """
        Args:
            folder: in which it is started; ``.streamlit/secrets.toml`` there is written for ``sign_in``.
            arguments: of the page, such as ``--store``.
            options: of the server, such as ``--host``.
            environment: variables besides those of this process, whose API keys it does not get.
            prefix: a program that starts it, such as a tracer.
        """
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        self.log: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self._folder = folder
        port = "--server.port" if "streamlit" in command else "--port"
        self._command = [
            *prefix, sys.executable, *command, f"{port}={self.port}", *options, "--", *arguments,
        ]  # fmt: skip
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")},
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        }
        if sign_in:
            (folder / ".streamlit").mkdir(exist_ok=True)
            (folder / ".streamlit" / "secrets.toml").write_text(
                _AUTH.format(port=self.port, secret=COOKIE_SECRET), "utf-8"
            )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> ServedPage:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Until it answers. Fails with what it has written where it does not."""
        process = self.process = subprocess.Popen(
            self._command, cwd=self._folder, env=self._environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        # or a server that has written 64 kB would wait for a reader
        self._drain = threading.Thread(target=lambda: self.log.extend(process.stdout or ()), daemon=True)
        self._drain.start()
        while process.poll() is None:
            with suppress(OSError), closing(HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)) as c:
                c.request("GET", "/_stcore/health")
                c.getresponse().read()
                return
            time.sleep(_LOOK_S)
        self.stop()
        raise AssertionError("the page did not start:\n" + "".join(self.log))

    def kill(self) -> None:
        """As a crash or a power cut does it."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def fill_disk(self, is_full: bool = True) -> None:
        """No file of it can grow by a byte, as on a full disk; or it can again."""
        assert self.process is not None
        _, most = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (0 if is_full else most, most))

    def cookies(self, person: str, origin: str = "") -> dict[str, str]:
        """What the browser of somebody who has signed in holds; ``person`` is the provider's name for them.

        ``origin``: where they signed in, if that is another address than this one.
        """
        from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

        claims = {"origin": origin or self.address, "is_logged_in": True, "iss": ISSUER, "sub": person}
        signed = create_signed_value(COOKIE_SECRET, "_streamlit_user", json.dumps(claims))
        return {"_streamlit_user": signed.decode("latin-1")}

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            process.wait(_PATIENCE_S)
            self._drain.join(_PATIENCE_S)
            if process.stdout is not None:
                process.stdout.close()
