"""A process that operates on stores in children, each killed at an exact file system call; JSON lines in and out.

{"folder": str, "step": [...], "kill_at": n} -> {"killed": bool, "calls": n, "crash": str}
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from campaigns import tracer
from campaigns.model import IDENTITY, Step, apply
from campaigns.tracer import Fault
from chatbot.store.sqlite.store import SqliteStore


def _operate(folder: Path, step: Step) -> Callable[[Callable[[str], None]], None]:
    def operate(say: Callable[[str], None]) -> None:
        tracer.faults_begin()
        store = SqliteStore.open(folder, IDENTITY)
        apply(store, step)
        store.close()

    return operate


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        folder = Path(order["folder"])
        outcome = tracer.run(_operate(folder, tuple(order["step"])), folder, Fault("kill", order["kill_at"]))
        reply = {"killed": outcome.killed, "calls": len(outcome.calls), "crash": outcome.crash}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
