"""Files made to break a parser, and what must hold for every one of them.

Each module here lists cases ``(name, make, status, reason)``: ``make(path)`` writes the file, ``status`` is the outcome
that is expected and ``reason`` a pattern for why. ``contained`` makes and parses them in one go.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

Case = tuple[str, Callable[[Path], None], str, str]
MOST_GROWN = 70 * 10**6


def tree(folder: Path) -> set[str]:
    return {f"{where}/{name}" for where, *names in os.walk(folder) for group in names for name in group}


@pytest.fixture(scope="package")
def contained(watched_parse: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """Outcomes by the cases' names, after what holds for every file was asserted."""

    def run(cases: Sequence[Case], memory: int | None = None, seconds: float | None = None) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("hostile")
        inside = folder / "deep" / "inside"  # "../" stays within the test's own folder
        inside.mkdir(parents=True)
        for name, make, *_ in cases:
            make(inside / name)
        before = tree(folder)
        watched = watched_parse([inside / name for name, *_ in cases], memory, seconds, check=True)
        found = {path.name: outcome for path, outcome in watched.outcomes.items()}
        if os.environ.get("HOSTILE_REPORT"):
            report(watched, found)
        assert tree(folder) == before, "a parser wrote a file"
        assert watched.notes == len(cases), "after each file, the next one is parsed"
        assert watched.grown <= MOST_GROWN
        assert len(found) == len(cases)
        for name, outcome in found.items():
            assert not outcome.leaked, name
            assert outcome.status == "indexed" or outcome.reason.strip(), name
            assert "parser failed" not in outcome.reason, name
            # twice the processor time on the clock, and a new process
            assert outcome.seconds <= 2 * (seconds or 60) + 30, name
        for path in inside.iterdir():  # some are large
            path.unlink() if not path.is_dir() else None
        return found

    return run


def report(watched: Any, found: dict[str, Any]) -> None:
    with Path(os.environ["HOSTILE_REPORT"]).open("a") as file:
        file.write(f"## {len(found)} files, grown {watched.grown / 2**20:.1f} MB, {watched.seconds:.1f} s\n")
        for name, outcome in sorted(found.items(), key=lambda item: -item[1].seconds):
            file.write(
                f"{outcome.seconds:6.2f} {outcome.status:8} {outcome.chars:>10,} {name[:60]!r} {outcome.reason[:110]}\n"
            )


@pytest.fixture
def expect(contained: Any) -> Callable[..., None]:
    """Asserts one case's own outcome: ``indexed``, ``partial``, ``refused`` or several with ``|``."""

    def check(case: Case, found: dict[str, Any]) -> None:
        name, _, status, reason = case
        outcome = found[name]
        assert outcome.status in status.split("|"), (outcome.status, outcome.reason)
        assert re.search(reason, outcome.reason), outcome.reason
        if outcome.status != "refused":
            assert outcome.chars > 0

    return check
