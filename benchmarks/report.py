"""Tools of all benchmarks: fresh processes, peak memory, medians, and tables on the terminal."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parent.parent
OFFLINE = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}


def in_fresh_process(module: str, *arguments: object) -> dict[str, Any]:
    """Run ``python -m module --side ARGUMENTS`` in this project; the JSON object in its last line of output."""
    command = [sys.executable, "-W", "ignore", "-m", module, "--side", *map(str, arguments)]
    done = subprocess.run(command, cwd=PROJECT, env=os.environ | OFFLINE, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def peak_mb(process: int | str = "self") -> float:
    """Largest resident memory so far of a process; 0 when it has gone.

    From /proc, because ``ru_maxrss`` counts what the parent had before the program was started; elsewhere
    than on Linux there is only that, and only for this process.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text("ascii", "ignore").splitlines()
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        unit = 1024 if sys.platform != "darwin" else 1024**2
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit if process == "self" else 0.0


class ChildrenWatched:
    """Notes the peak memory of this process's largest child, five times a second, while it is entered (Linux)."""

    def __enter__(self) -> ChildrenWatched:
        self.peak_mb = 0.0
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(0.2):
            for task in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError):
                    self.peak_mb = max([self.peak_mb, *map(peak_mb, task.read_text().split())])


def cpu_seconds() -> float:
    """Processor time of this process and of its children that have ended, all cores together."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def medians(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Field by field; text is taken from the first round."""
    first = rounds[0]
    return {
        key: median(r[key] for r in rounds) if isinstance(value, (int, float)) else value
        for key, value in first.items()
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie, to the nearest one."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def verdict(name: str, ratio: float, limit: float) -> dict[str, Any]:
    return {"limit": name, "ratio": round(ratio, 3), "at_least": limit, "met": ratio >= limit}


def print_verdicts(console: Console, verdicts: Sequence[dict[str, Any]]) -> None:
    for v in verdicts:
        word = "[green]PASS[/]" if v["met"] else "[red]MISS[/]"
        console.print(f"{word}  {v['limit']}: {v['ratio']:.2f}x (limit {v['at_least']}x)")


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    made = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for index, name in enumerate(head):
        made.add_column(name, justify="left" if index == 0 else "right")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, str) else f"{cell:,.1f}" for cell in row))
    return made
