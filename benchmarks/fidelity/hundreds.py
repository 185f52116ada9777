"""Five hundred documents through the real ingest: does one crash it, or is anything lost in silence?

    python -m benchmarks.fidelity.hundreds --data FOLDER [FOLDER ...] [--count 500]

Three quarters are real files of the folders, the rest is made of them (``spoiled.py``). Everything is ingested once
with an embedding that costs nothing and without token vectors. Prints crashes, silent losses, by how much the program grew, and every reason of
a partial or refused file with how often it was given and an example.

A silent loss is a file that ends as indexed and has no text; a cut or damaged file, or one under another name or in
another encoding, that ends as indexed with less than nine tenths of the whole file's words; and a file of which the
report says nothing. Of a cut text nobody can tell that it is cut: those are not counted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.fidelity.spoiled import CLOSED, Spoiled, spoil
from benchmarks.fidelity.words import words
from benchmarks.report import in_fresh_process, peak_mb
from ingest.parsing.parse import SUPPORTED_SUFFIXES

_REAL = 0.75
_ENOUGH = 0.9
_FEW = 20  # words; a file with fewer says nothing about losses
_CRASHES = ("parser failed", "parser died", "parser answered", "longer than", "of memory")


def chosen(folders: list[Path], count: int) -> list[Path]:
    """At most ``count`` real files, spread evenly over the folders."""
    files = sorted(
        file
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file() and file.suffix.lower() in SUPPORTED_SUFFIXES
    )
    step = max(1.0, len(files) / count)
    return [files[int(place * step)] for place in range(min(count, len(files)))]


def gathered(folders: list[Path], count: int, into: Path) -> tuple[list[Path], list[Spoiled]]:
    """Copies of real files, and variants of them."""
    real, copies = chosen(folders, round(count * _REAL)), []
    for number, file in enumerate(real):
        copy = into / "real" / f"{number:03}-{file.name[-80:]}"
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        copies.append(copy)
    (into / "made").mkdir()
    return copies, spoil(copies, into / "made", count - len(copies))


def side(folder: Path) -> dict[str, Any]:
    """Ingests ``folder`` / files; what became of each file, its words, and by how much this process grew."""
    from benchmarks.storage.data import hashed_config, hashed_identity
    from benchmarks.storage.embedding import HashedEmbedding
    from chatbot.store import open_store
    from ingest.pipeline import run

    config, embedding = hashed_config(folder / "store"), HashedEmbedding()
    run(config, [folder / "first"], embedding=embedding)  # imports, and the worker
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_mb()
    report = run(config, [folder / "files"], embedding=embedding)
    grown = peak_mb() - before
    with closing(open_store(config, hashed_identity())) as store, store.reading() as view:
        found = {
            str(row.path): {
                "status": row.status,
                "reason": str(row.reason),
                "chunks": row.chunks,
                "text": view.document_text(row.uri),
                "hidden": " ".join(piece.text for piece in view.hidden_text(row.uri)),
            }
            for row in view.documents()
        }
    return {"grown": grown, "seconds": report.seconds, "chunks": report.chunks, "found": found}


def losses(found: dict[str, Any], copies: list[Path], made: list[Spoiled]) -> Iterator[str]:
    """One sentence for each silent loss."""
    for path in [*copies, *(spoiled.path for spoiled in made)]:
        outcome = found.get(str(path))
        if outcome is None:
            yield f"{path.name}: the report says nothing of it"
        elif outcome["status"] != "indexed" and not outcome["reason"].strip():
            yield f"{path.name}: {outcome['status']} without a reason"
        elif outcome["status"] != "refused" and not (outcome["text"].strip() and outcome["chunks"]):
            yield f"{path.name}: {outcome['status']} without text"
    for spoiled in made:
        outcome, whole = found.get(str(spoiled.path)), found.get(str(spoiled.of))
        if not outcome or not whole or outcome["status"] != "indexed" or whole["status"] != "indexed":
            continue
        if spoiled.how == "cut" and spoiled.path.suffix not in CLOSED:
            continue
        has, had = _words(outcome), _words(whole)
        if len(had) >= _FEW and len(has & had) < _ENOUGH * len(had):
            yield f"{spoiled.path.name}: indexed with {len(has & had)} of {len(had)} different words"


def _words(outcome: dict[str, Any]) -> set[str]:
    return set(words(f"{outcome['text']} {outcome['hidden']}"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders with documents")
    parser.add_argument("--count", type=int, default=500, help="files, real and made")
    parser.add_argument("--keep", type=Path, help="a new folder for the files and a list of the outcomes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        (folder / "first").mkdir(parents=True)
        (folder / "first" / "note.md").write_text("# A note\n\nOne line.\n", encoding="utf-8")
        copies, made = gathered(arguments.data, arguments.count, folder / "files")
        result = in_fresh_process("benchmarks.fidelity.hundreds", folder)
        if arguments.keep:
            outcomes = {name: {**o, "text": len(o["text"])} for name, o in result["found"].items()}
            (folder / "outcomes.json").write_text(json.dumps(outcomes, ensure_ascii=False, indent=1), "utf-8")
        _print(result, copies, made)


def _print(result: dict[str, Any], copies: list[Path], made: list[Spoiled]) -> None:
    found = {
        name: outcome for name, outcome in result["found"].items() if not name.endswith("/first/note.md")
    }
    crashed = [
        f"{Path(name).name}: {outcome['reason']}"
        for name, outcome in found.items()
        if any(sign in outcome["reason"] for sign in _CRASHES)
    ]
    lost = list(losses(found, copies, made))
    print(
        f"{len(copies)} real and {len(made)} made files, {result['chunks']:,} chunks, {result['seconds']:.0f} s"
    )
    print(f"the program grew by {result['grown']:.0f} MB")
    for title, lines in (("crashes", crashed), ("silent losses", lost)):
        print(f"{len(lines)} {title}")
        for line in lines:
            print(f"  {line}")
    reasons: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, outcome in sorted(found.items()):
        reasons[outcome["status"], outcome["reason"]].append(Path(name).name)
    for (status, reason), names in sorted(reasons.items(), key=lambda item: (item[0][0], -len(item[1]))):
        print(
            f"{len(names):4} {status}{f': {reason}' if reason else ''}{f'  ({names[0]})' if reason else ''}"
        )


if __name__ == "__main__":
    if "--side" in sys.argv:
        print(json.dumps(side(Path(sys.argv[-1]))))
    else:
        main()
