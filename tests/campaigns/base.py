"""Damage base files in every way, and see that they are found out before they answer anything.

python -m campaigns.base FOLDER --flips N --seed N

Prints one JSON object: {"flips": n, "damages": n, "healed": n, "violations": [...], "leftovers": [...], "modules": [...], "seconds": s}.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from campaigns.model import (
    DIMENSION,
    IDENTITY,
    State,
    Step,
    apply,
    changed,
    full_violations,
    texts_for,
    violations,
)
from chatbot.store.sqlite.store import SqliteStore

Damage = Callable[[Path], None]

_BEFORE: tuple[Step, ...] = (
    ("put", "a.md", texts_for(*(f"a{i}" for i in range(20)))),
    ("put", "b.md", texts_for("b1", "b2")),
    ("compact",),
    ("put", "c.md", texts_for("c1", "c2", "c3")),
    ("delete", "b.md"),
    ("compact",),
    ("put", "가.md", texts_for("d1")),
    ("put", "c.md", texts_for("c4", "c5")),
)
_LATER: tuple[Step, ...] = (("put", "e.md", texts_for("e1")), ("compact",), ("delete", "a.md"), ("compact",))
_LEFTOVER = "not cleaned up:"
_HEAL_EVERY = 50  # flips; a compaction each time would measure nothing else


class Patient:
    """A store with two base files that are damaged and restored."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.folder = home / "store"
        self.state: State = {}
        store = SqliteStore.create(self.folder, IDENTITY, DIMENSION)
        for step in _BEFORE:
            apply(store, step)
            self.state = changed(self.state, step)
        store.close()
        shutil.copytree(self.folder, home / "sound")
        self.bases = sorted(self.folder.glob("base-*"))
        assert len(self.bases) == 2

    def restore(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self._home / "sound", self.folder)

    def examined(self, damaged: list[Path]) -> list[str]:
        """What is wrong while ``damaged`` are: they must be named, not used, and change no answer."""
        store = SqliteStore.open(self.folder, IDENTITY)
        try:
            found = violations(store, self.state, ask=1)
            with store.reading() as view:
                used = view.snapshot.base
            intact = [place for place, path in enumerate(self.bases, 1) if path not in damaged]
            if (used.generation if used else None) != (intact[-1] if intact else None):
                found.append(f"searched in generation {used.generation if used else None}")
            faults = store.faults()
            if sorted(line.split(":")[0] for line in faults) != [path.name for path in damaged]:
                found.append(f"faults {faults} instead of one for each of {[path.name for path in damaged]}")
            return found
        finally:
            store.close()

    def healed(self) -> list[str]:
        """What is wrong after one compaction, and after more commits and compactions."""
        store = SqliteStore.open(self.folder, IDENTITY)
        try:
            apply(store, ("compact",))
            found = full_violations(store, self.state)
            with store.reading() as view:
                if view.snapshot.base is None or len(view.snapshot.delta_ids):
                    found.append("the new base is not used")
            state = self.state
            for step in _LATER:
                apply(store, step)
                state = changed(state, step)
                found += full_violations(store, state)
            with store.reading() as view:
                named = {row.file for row in view.base_files()}
            there = {path.name for path in self.folder.glob("base-*") if path.is_file()}
            if there != named:
                found.append(f"{_LEFTOVER} {sorted(there)} on disk, {sorted(named)} named")
            return found
        finally:
            store.close()


def _truncated(numerator: int, denominator: int = 1) -> Damage:
    """To a share of the length, to a number of bytes, or by one (negative)."""

    def truncate(path: Path) -> None:
        content = path.read_bytes()
        kept = len(content) * numerator // denominator if denominator > 1 else numerator % len(content)
        path.write_bytes(content[:kept])

    return truncate


def _replaced(content: bytes) -> Damage:
    return lambda path: (path.write_bytes(content), None)[1]


def _become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _become_full_folder(path: Path) -> None:
    _become_folder(path)
    (path / "something").write_text("x")


def _become_dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def _foreign(home: Path) -> bytes:
    """A base of another store, of the same dimension and number of vectors."""
    store = SqliteStore.create(home / "foreign", IDENTITY, DIMENSION)
    for step in _BEFORE:
        renamed = (step[0], step[1], [f"x{text}" for text in step[2]]) if step[0] == "put" else step
        apply(store, renamed)
    store.close()
    return max((home / "foreign").glob("base-*")).read_bytes()


def _damages(patient: Patient, home: Path) -> dict[str, Damage]:
    older, newer = (path.read_bytes() for path in patient.bases)
    size = len(newer)
    return {
        **{f"truncated to {length}": _truncated(length) for length in (0, 1, 4, 100, -64, -8, -1)},
        **{f"truncated to {part}/7": _truncated(part, 7) for part in range(1, 7)},
        "a byte more": _replaced(newer + b"\0"),
        "zeros": _replaced(bytes(size)),
        "missing": lambda path: path.unlink(),
        "another generation's": lambda path: (
            path.write_bytes(older if path == patient.bases[1] else newer),
            None,
        )[1],
        "another store's": _replaced(_foreign(home)),
        "text": _replaced(b"hello " * 100),
        "a folder": _become_folder,
        "a folder with something in it": _become_full_folder,
        "a link to nowhere": _become_dangling,
    }


def _flip(path: Path, position: int) -> None:
    with path.open("r+b") as file:
        file.seek(position // 8)
        byte = file.read(1)[0]
        file.seek(position // 8)
        file.write(bytes([byte ^ 1 << position % 8]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.disable()  # one warning for each flip
    started = time.monotonic()
    wrong: list[str] = []
    healed = 0
    patient = Patient(options.folder)
    damages = _damages(patient, options.folder)
    for name, damage in damages.items():
        for damaged in ([patient.bases[1]], [patient.bases[0]], patient.bases):
            for path in damaged:
                damage(path)
            for examination in (lambda damaged=damaged: patient.examined(damaged), patient.healed):
                try:
                    wrong += [f"{name} ({len(damaged)}): {line}" for line in examination()]
                except Exception as error:
                    wrong.append(f"{name}: {type(error).__name__}: {error}")
            healed += 1
            patient.restore()
    chance = random.Random(options.seed)
    size = patient.bases[1].stat().st_size
    for number in range(options.flips):
        path, position = patient.bases[1], chance.randrange(size * 8)
        _flip(path, position)
        try:
            wrong += [f"bit {position}: {line}" for line in patient.examined([path])]
            if number % _HEAL_EVERY == 0:
                wrong += [f"bit {position}, compacted: {line}" for line in patient.healed()]
                healed += 1
                patient.restore()
            else:
                _flip(path, position)
        except Exception as error:
            wrong.append(f"bit {position}: {type(error).__name__}: {error}")
            patient.restore()
    wrong += [f"after restoring: {line}" for line in patient.examined([])]
    result = {
        "flips": options.flips, "damages": 3 * len(damages), "healed": healed,
        "violations": [line for line in wrong if _LEFTOVER not in line],
        "leftovers": [line for line in wrong if _LEFTOVER in line],
        "modules": sorted({name.split(".")[0] for name in sys.modules}),
        "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
