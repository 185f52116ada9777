"""Which addresses a process and its children try to reach, as the system sees it: strace (Linux)."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

_CALL = re.compile(r"\b(?:connect|sendto|sendmsg|sendmmsg)\(")
_ADDRESS = re.compile(r'sin6?_port=htons\((\d+)\)|inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
_PATIENCE_S = 60


def tracer(log: Path) -> list[str]:
    """What stands before a command to have its calls noted in ``log``. Skips the test where strace cannot."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed: what leaves is not seen (apt-get install strace)")
    may = subprocess.run([strace, "-qq", "-o", "/dev/null", "true"], capture_output=True)
    if may.returncode:
        pytest.skip("strace may trace nothing here: " + may.stderr.decode().strip()[:200])
    # -D: the command keeps its own process id, so that it can be ended as usual
    return [strace, "-D", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-e", "signal=none", "-o", str(log)]  # fmt: skip


def attempts(log: Path) -> list[str]:
    """Every call in ``log`` that names an address which is not this machine's, or asks for a name anywhere."""
    return [
        line
        for line in log.read_text("utf-8", "replace").splitlines()
        if _CALL.search(line) and _leaves(line)
    ]


def calls(log: Path) -> int:
    """All the calls that were noted, once the tracer has written them."""
    deadline = time.monotonic() + _PATIENCE_S
    while (
        not (found := len(_CALL.findall(log.read_text("utf-8", "replace")))) and time.monotonic() < deadline
    ):
        pass
    return found


def _leaves(line: str) -> bool:
    found = list(_ADDRESS.finditer(line))
    asks_for_a_name = any(match[1] == "53" for match in found)
    addresses = [match[2] or match[3] for match in found if match[2] or match[3]]
    return asks_for_a_name or any(
        not address.startswith("127.") and address != "::1" for address in addresses
    )
