"""The campaigns prove something only if faults happen exactly where they are said to."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from paths import TESTS

# writes four lines of four bytes, each of its own call, and says after each what has become of it
SCRIPT = """
import errno, json, os, sys
from pathlib import Path
from campaigns import tracer

folder, fault = Path(sys.argv[1]), json.loads(sys.argv[2])

def work(say):
    file = os.open(folder / "lines", os.O_WRONLY | os.O_CREAT)
    elsewhere = os.open("/dev/null", os.O_WRONLY)
    tracer.faults_begin()
    for number in range(4):
        os.write(elsewhere, b"not counted")
        try:
            say(str(os.write(file, b"%d23\\n" % number)))
        except OSError as error:
            say(errno.errorcode[error.errno])
    tracer.faults_end()
    say(str(os.write(file, b"end\\n")))

outcome = tracer.run(work, folder, tracer.Fault(**fault))
print(json.dumps([outcome.said, outcome.killed, outcome.crash, outcome.calls]))
"""


@pytest.mark.parametrize(
    ("fault", "said", "left"),
    [
        ({"kind": "none", "at": 0}, ["4", "4", "4", "4", "4"], b"023\n123\n223\n323\nend\n"),
        ({"kind": "kill", "at": 1}, [], b""),
        ({"kind": "kill", "at": 3}, ["4", "4"], b"023\n123\n"),
        ({"kind": "torn", "at": 3}, ["4", "4"], b"023\n123\n22"),
        (
            {"kind": "error", "at": 2, "error": errno.EIO},
            ["4", "EIO", "4", "4", "4"],
            b"023\n223\n323\nend\n",
        ),
        (
            {"kind": "error", "at": 2, "error": errno.ENOSPC, "lasting": True},
            ["4", "ENOSPC", "ENOSPC", "ENOSPC", "4"],
            b"023\nend\n",
        ),
        (
            {"kind": "short", "at": 2, "error": errno.ENOSPC, "lasting": True},
            ["4", "2", "ENOSPC", "ENOSPC", "4"],
            b"023\n12end\n",
        ),
    ],
)
def test_a_fault_happens_exactly_where_it_is_said_to(
    tmp_path: Path, can_trace: None, fault: dict[str, Any], said: list[str], left: bytes
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path.resolve()), json.dumps(fault)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        check=True,
    )
    reported, killed, crash, _ = json.loads(done.stdout)
    assert reported == said
    assert killed == (fault["kind"] in ("kill", "torn"))
    assert crash == ""
    assert (tmp_path / "lines").read_bytes() == left
