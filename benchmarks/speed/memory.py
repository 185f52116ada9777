"""Resident memory of one question over the sample documents: three fresh processes, the median of each step.

python -m benchmarks.speed.memory
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from benchmarks.report import PROJECT, in_fresh_process, table
from chatbot.config import Config

_PROCESSES = 3
_QUESTION = "재순위화는 왜 하나요?"
_STEPS = ("imported", "models loaded", "answered")


def resident_mb() -> float:
    """Of this process, now (Linux)."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def side(store: Path) -> dict[str, Any]:
    from chatbot import load_chatbot

    found = {_STEPS[0]: resident_mb()}
    chatbot = load_chatbot(Config().with_(store=store))
    chatbot.warm_up()
    found[_STEPS[1]] = resident_mb()
    assert chatbot.ask(_QUESTION).text
    found[_STEPS[2]] = resident_mb()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        from ingest.pipeline import run

        store = Path(folder) / "store"
        run(Config().with_(store=store), [PROJECT / "data"])
        found = [in_fresh_process("benchmarks.speed.memory", store) for _ in range(_PROCESSES)]
    rows = [[step, median(process[step] for process in found)] for step in _STEPS]
    Console().print(table("Resident memory", ["step", "MB"], rows))


if __name__ == "__main__":
    if "--side" in sys.argv:
        import json

        print(json.dumps(side(Path(sys.argv[-1]))))
    else:
        main()
