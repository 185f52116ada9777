"""``secondlook app``: starts the page as a Streamlit server on this machine and says where it is."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import chatbot
from chatbot.cli import shared
from chatbot.errors import ConfigError
from chatbot.models.environment import without_secrets

HOST = "127.0.0.1"  # not all interfaces: whoever reaches the page reads the documents
_PATIENCE_S = 60
_PR_SET_PDEATHSIG = 1
_PYTHON = (sys.executable, "-P")  # a module in the folder where we are started must not stand for one of ours


def serve_page(
    store: Path,
    config: Path | None,
    port: int,
    browser: bool,
    watched: Sequence[Path] = (),
    names: Sequence[str] = (),
    notebook: str | None = None,
    bind: str = HOST,
    anyone_may_read: bool = False,
    base_path: str = "",
    api: bool = False,
) -> int:
    """Run the page until it is stopped; the server's exit code.

    Args:
        watched: files and folders with which a process beside the page keeps the index current.
        notebook: the one that they keep current; the first one unless given.
        names: further names of hosts under which browsers ask for the page, through a proxy say.
        bind: the address to listen at. Beyond this machine people have to sign in, unless ``anyone_may_read``.
        base_path: the path below which a web server in front has the page.
        api: whether programs are answered, too.

    Raises:
        ConfigError: the port is taken, or a watched path is not there.
    """
    if watched:
        from ingest.sync import check_given

        check_given(watched, store, lambda: ())
    check_free(bind, port)
    options = ["--store", str(store), *(["--config", str(config)] if config else [])]
    command = [
        *_PYTHON, "-m", "chatbot.ui.server", f"--address={bind}", f"--port={port}",
        *(f"--host={name}" for name in names), *(["--anyone-may-read"] if anyone_may_read else []),
        *([f"--base-path={base_path}"] if base_path else []), *(["--api"] if api else []),
        "--", *options,
    ]  # fmt: skip
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # else the server would outlive us
    server = subprocess.Popen(command, env=_environment(), preexec_fn=_end_with_parent)
    into = [f"--notebook={notebook}"] if notebook else []
    watcher = _watch(watched, [*options, *into]) if watched else None
    threading.Thread(
        target=_announce, args=(server, _own(bind), port, browser, base_path), daemon=True
    ).start()
    try:
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return 0
    finally:
        if server.poll() is None:
            server.terminate()
        if watcher is not None and watcher.poll() is None:
            watcher.terminate()
            watcher.wait()


def _end_with_parent() -> None:
    """Linux: let the system end this process when the one that started it is killed; elsewhere it lives on."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _environment() -> dict[str, str]:
    """This process's, in which the server finds this very package."""
    return {**os.environ, "PYTHONPATH": _places()}


def _places() -> str:
    places = [str(Path(str(chatbot.__file__)).parent.parent), os.environ.get("PYTHONPATH", "")]
    return os.pathsep.join(filter(None, places))


def _watch(paths: Sequence[Path], options: Sequence[str]) -> subprocess.Popen[bytes]:
    """The process that watches. Its standard input closes with us, so it ends even if we are killed."""
    command = [*_PYTHON, "-m", "chatbot", "ingest", *options, "--watch", "--until-stdin-closes", "--"]
    environment = {**without_secrets(), "PYTHONPATH": _places()}  # it reads files, and asks no language model
    watcher = subprocess.Popen([*command, *map(str, paths)], env=environment, stdin=subprocess.PIPE)
    threading.Thread(target=_tell_end, args=(watcher,), daemon=True).start()
    return watcher


def _tell_end(watcher: subprocess.Popen[bytes]) -> None:
    if watcher.wait() not in (0, 130, -signal.SIGTERM):  # neither interrupted nor stopped by us
        shared.err.print("the folders are watched no longer; the page goes on with the index as it is")


def check_free(bind: str, port: int) -> None:
    """Raises ``ConfigError`` where another program has the port, or the address is none of this machine."""
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise ConfigError(
                    "{address} is no address of this machine ({error}); give one with --bind",
                    address=bind,
                    error=error.strerror or str(error),
                ) from error
            raise ConfigError(
                f"port {port} is in use; stop what runs there or choose another with --port"
            ) from error


def _own(bind: str) -> str:
    """The address at which this machine reaches what listens at ``bind``."""
    return {"0.0.0.0": HOST, "::": "::1"}.get(bind, bind)


def _announce(server: subprocess.Popen[bytes], host: str, port: int, browser: bool, path: str) -> None:
    """Wait until the page answers, then say so once."""
    deadline = time.monotonic() + _PATIENCE_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
            continue
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        address += f"/{path.strip('/')}/" if path else ""
        shared.out.print(f"Second Look is open at {address}  (Ctrl-C stops it)")
        if browser:
            webbrowser.open(address)
        return
