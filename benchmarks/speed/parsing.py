"""How fast files are read, side by side in one run: ours, markitdown, and PDFium's raw text of PDFs.

    python -m benchmarks.speed.parsing --data FOLDER [--limit 100] [--seconds 10] [--with-ocr] [--kinds .pdf .docx]
                                       [--markitdown FOLDER]

Each program has a process of its own (``readers.py``) and reads the same files, one program after the other, after one
file of its kind that is not counted. A program that has not finished a file after ``--seconds`` is ended: each program
is compared with ours over the files that both have finished, and the table says how many it has not. markitdown is
optional: ``pip install --target FOLDER "markitdown[docx,pptx,xlsx,xls,pdf,outlook]"``. Times are those of the processor:
other programs at work change them less.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from benchmarks.report import table
from benchmarks.speed.readers import UNFINISHED, UNREAD, TimedReader
from ingest.parsing.parse import SUPPORTED_SUFFIXES

Outcomes = dict[str, float | str]  # a program -> its seconds for one file, or why there are none


def pages_of(file: Path) -> int:
    """Pages of a PDF; 0 where it cannot be opened."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(file)
    except pdfium.PdfiumError:
        return 0
    try:
        return len(document)
    finally:
        document.close()


def files_of(folder: Path, limit: int, kinds: list[str] | None) -> Iterator[tuple[str, Path]]:
    """(kind, file), at most ``limit`` of each kind, spread over the names."""
    found: dict[str, list[Path]] = defaultdict(list)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and (suffix := file.suffix.lower()) in (kinds or SUPPORTED_SUFFIXES):
            found[suffix].append(file)
    for kind, files in sorted(found.items()):
        step = max(1, len(files) // limit)
        for file in files[::step][:limit]:
            yield kind, file


def measured(
    readers: dict[str, TimedReader], files: Iterator[tuple[str, Path]]
) -> dict[str, dict[Path, Outcomes]]:
    """What became of each file in each program, by kind."""
    outcomes: dict[str, dict[Path, Outcomes]] = defaultdict(dict)
    for kind, file in files:
        used = {name: reader for name, reader in readers.items() if name != "raw pdfium" or kind == ".pdf"}
        if kind not in outcomes:
            for reader in used.values():
                reader.read(file)  # imports of this kind
        outcomes[kind][file] = {name: reader.read(file) for name, reader in used.items()}
    return outcomes


def compared(outcomes: list[Outcomes], own: str, name: str) -> str:
    """How fast program ``name`` is, its time as a multiple of ours over what both have read, and what it has not."""
    both = [
        (found[own], found[name])
        for found in outcomes
        if isinstance(found[own], float) and isinstance(found.get(name), float)
    ]
    if not both:
        return "-"
    mine, other = (sum(float(pair[place]) for pair in both) for place in (0, 1))
    unfinished, unread = (
        sum(found.get(name) == outcome for found in outcomes) for outcome in (UNFINISHED, UNREAD)
    )
    cell = f"{len(both) / other:.1f} files/s"
    if name != own:
        cell += f" ({other / mine:.2f} x ours, {len(both)} files)"
    return f"{cell}\n{unfinished} unfinished, {unread} unread"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="a folder of documents")
    parser.add_argument("--limit", type=int, default=100, help="files of a kind")
    parser.add_argument("--seconds", type=float, default=10, help="of the clock, for a file in one program")
    parser.add_argument("--with-ocr", action="store_true", help="read scans and pictures, too")
    parser.add_argument("--kinds", nargs="+", help="only files with these endings")
    parser.add_argument("--markitdown", type=Path, help="the folder that has it; without it, it is left out")
    arguments = parser.parse_args()
    own = "ours" if arguments.with_ocr else "ours without OCR"
    readers = {name: TimedReader(name, arguments.seconds) for name in (own, "raw pdfium")}
    if arguments.markitdown:
        readers["markitdown"] = TimedReader("markitdown", arguments.seconds, arguments.markitdown)
    try:
        outcomes = measured(readers, files_of(arguments.data, arguments.limit, arguments.kinds))
    finally:
        for reader in readers.values():
            reader.close()
    rows = [
        [kind, str(len(found)), *(compared(list(found.values()), own, name) for name in readers)]
        for kind, found in outcomes.items()
    ]
    every = [found for kind in outcomes.values() for found in kind.values()]
    rows.append(["all", str(len(every)), *(compared(every, own, name) for name in readers)])
    Console(width=170).print(table("Reading files", ["kind", "files", *readers], rows))
    times = [(file, found[own]) for file, found in outcomes.get(".pdf", {}).items()]
    read = [(pages_of(file), seconds) for file, seconds in times if isinstance(seconds, float)]
    if read:
        pages, seconds = sum(count for count, _ in read), sum(took for _, took in read)
        print(f"ours: {pages:,} pages of PDF, {pages / seconds:.1f} pages/s")


if __name__ == "__main__":
    main()
