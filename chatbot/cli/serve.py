"""``secondlook app``: starts the page as a Streamlit server on this machine and says where it is."""

from __future__ import annotations

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

HOST = "127.0.0.1"  # never all interfaces: whoever reaches the page reads the documents
OWN_NAMES = (HOST, "localhost")  # a web site that gives its own name this address must not read the page
_PATIENCE_S = 60
_PR_SET_PDEATHSIG = 1


def serve_page(
    store: Path,
    config: Path | None,
    port: int,
    browser: bool,
    watched: Sequence[Path] = (),
    names: Sequence[str] = (),
    notebook: str | None = None,
) -> int:
    """Run the page until it is stopped; the server's exit code.

    Args:
        watched: files and folders with which a process beside the page keeps the index current.
        notebook: the one that they keep current; the first one unless given.
        names: further names of hosts under which browsers ask for the page, through a proxy say.

    Raises:
        ConfigError: the port is taken, or a watched path is not there.
    """
    if watched:
        from ingest.sync import check_given

        check_given(watched, store, lambda: ())
    _check_free(port)
    options = ["--store", str(store), *(["--config", str(config)] if config else [])]
    page = Path(str(chatbot.__file__)).parent.parent / "streamlit_app.py"
    command = [
        sys.executable, "-m", "streamlit", "run", str(page),
        f"--server.address={HOST}", f"--server.port={port}", "--server.headless=true",
        "--server.maxUploadSize=100", "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none", "--client.showErrorLinks=false", "--client.toolbarMode=minimal", "--logger.hideWelcomeMessage=true",
        "--server.fileWatcherType=none", "--runner.postScriptGC=false",
        *(f"--server.allowedHosts={name}" for name in (*OWN_NAMES, *names)),
        "--", *options,
    ]  # fmt: skip
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # else the server would outlive us
    server = subprocess.Popen(command, preexec_fn=_end_with_parent)
    into = [f"--notebook={notebook}"] if notebook else []
    watcher = _watch(watched, [*options, *into]) if watched else None
    threading.Thread(target=_announce, args=(server, port, browser), daemon=True).start()
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


def _watch(paths: Sequence[Path], options: Sequence[str]) -> subprocess.Popen[bytes]:
    """The process that watches. Its standard input closes with us, so it ends even if we are killed."""
    command = [sys.executable, "-m", "chatbot", "ingest", *options, "--watch", "--until-stdin-closes", "--"]
    watcher = subprocess.Popen([*command, *map(str, paths)], stdin=subprocess.PIPE)
    threading.Thread(target=_tell_end, args=(watcher,), daemon=True).start()
    return watcher


def _tell_end(watcher: subprocess.Popen[bytes]) -> None:
    if watcher.wait() not in (0, 130, -signal.SIGTERM):  # neither interrupted nor stopped by us
        shared.err.print("the folders are watched no longer; the page goes on with the index as it is")


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigError(
                f"port {port} is in use; stop what runs there or choose another with --port"
            ) from error


def _announce(server: subprocess.Popen[bytes], port: int, browser: bool) -> None:
    """Wait until the page answers, then say so once."""
    deadline = time.monotonic() + _PATIENCE_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
            continue
        address = f"http://{HOST}:{port}"
        shared.out.print(f"Second Look is open at {address}  (Ctrl-C stops it)")
        if browser:
            webbrowser.open(address)
        return
