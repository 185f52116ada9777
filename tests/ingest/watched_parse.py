"""Run as a program: parses files as an ingest does and says what became of each and how much this process grew.

Standard input: ``{"paths": [...], "note": path, "memory": bytes, "seconds": s}``; standard output: JSON. A process of
its own, because one that has run tests has free memory that hides growth.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from fakes.opened_files import parsed, parsed_ahead
from ingest.parsing.document import ParsedDocument
from ingest.sandbox.parser import ParserProcess


def kilobytes(field: str) -> int:
    """A line of /proc/self/status; 0 where there is none."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


def main() -> None:
    job = json.load(sys.stdin)
    note = Path(job["note"])
    asked: list[float] = []

    def items() -> Iterator[Path]:
        for path in job["paths"]:
            asked.append(time.perf_counter())
            yield Path(path)
            if job["check"]:
                yield note  # proves that the process is alive, or was replaced
        asked.append(time.perf_counter())

    limits = {key: job[key] for key in ("memory", "seconds") if job[key]}
    outcomes, notes = [], 0
    mark = Path("/proc/self/clear_refs")
    reset = mark.open("w") if mark.exists() else None  # before the process closes its memory
    with ParserProcess(**limits) as process:
        parsed(process, note)
        protections = process.protections()
        before = kilobytes("VmRSS")
        if reset is not None:
            reset.write("5")  # the high-water mark begins anew
            reset.flush()
        for path, result in parsed_ahead(process, items()):
            if path == note:
                notes += isinstance(result, ParsedDocument)
            elif isinstance(result, ParsedDocument):
                status = "partial" if result.partial else "indexed"
                leaked = "root:x:0" in result.text
                start = result.text[:2000]
                outcomes.append(
                    (str(path), status, result.partial, result.format, len(result.text), start, leaked)
                )
            else:
                outcomes.append((str(path), "refused", str(result), "", 0, "", "root:x:0" in str(result)))
        grown = kilobytes("VmHWM") - before
    took = [end - start for start, end in pairwise(asked)]
    print(json.dumps({"outcomes": outcomes, "notes": notes, "grown": grown * 1024, "took": took,
                      "protections": protections}))  # fmt: skip


if __name__ == "__main__":
    main()
