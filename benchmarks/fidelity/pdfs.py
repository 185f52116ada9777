"""Is every word of a PDF in its text? python -m benchmarks.fidelity.pdfs --data FOLDER

For each PDF: the words that PDFium's plain text has, those that ``pdftotext`` has (where poppler-utils is installed),
and how many of them are in our text or among its hidden words. Prints the total recall against each, and the ten worst
files with what is missing. Scans are left out: nothing is recognised.
"""

from __future__ import annotations

import argparse
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fidelity.others import by_pdfium, by_pdftotext
from benchmarks.fidelity.words import Ours, words
from chatbot.errors import DocumentRefused
from ingest.parsing.ocr import installed
from ingest.parsing.pdf.pdf import parse

_WORST = 10
_EXAMPLES = 12


@dataclass(frozen=True, slots=True)
class Compared:
    """One file and one other reader: how many words it has, which of them we lack, and which we keep apart as hidden."""

    name: str
    words: int
    missing: Counter[str]
    hidden: Counter[str]
    partial: str

    def __str__(self) -> str:
        lost = self.missing.total()
        parts = [f"{1 - lost / max(self.words, 1):.3f} {self.name}: {lost} of {self.words} missing"]
        if self.hidden:
            parts.append(f"{self.hidden.total()} kept apart as hidden")
        if self.partial:
            parts.append(f"partial: {self.partial}")
        examples = ", ".join(f"{word} {count}" for word, count in self.missing.most_common(_EXAMPLES))
        return f"{'; '.join(parts)}: {examples}"


def compare(path: Path, name: str, readers: dict[str, Callable[[Path], str | None]]) -> dict[str, Compared]:
    """By reader; empty for a file that we refuse."""
    try:
        document = parse(path)
    except DocumentRefused:
        return {}
    ours, found = Ours(document), {}
    for reader, read in readers.items():
        text = read(path)
        if text is not None:
            theirs = words(text)
            found[reader] = Compared(name, len(theirs), *ours.lacks(theirs), document.partial)
    return found


def _absent(_name: str) -> None:
    """No package is there: nothing is recognised."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder with PDFs")
    data: Path = parser.parse_args().data
    installed.find_spec = _absent  # type: ignore[assignment]
    readers: dict[str, Callable[[Path], str | None]] = {"PDFium": by_pdfium}
    if shutil.which("pdftotext"):
        readers["pdftotext"] = by_pdftotext
    else:
        print("pdftotext is not installed: left out (Debian, Ubuntu: apt install poppler-utils)")
    paths = sorted(path for path in data.rglob("*") if path.suffix.lower() == ".pdf")
    compared = [compare(path, path.relative_to(data).as_posix(), readers) for path in paths]
    for reader in readers:
        _print(reader, [found[reader] for found in compared if reader in found], len(paths))


def _print(reader: str, found: list[Compared], files: int) -> None:
    total = sum(compared.words for compared in found)
    lost = sum(compared.missing.total() for compared in found)
    hidden = sum(compared.hidden.total() for compared in found)
    print(
        f"{reader}: {len(found)} of {files} files, {total:,} words: recall {1 - lost / max(total, 1):.4f}, "
        f"of these {hidden:,} kept apart as hidden"
    )
    for compared in sorted(found, key=lambda compared: -compared.missing.total())[:_WORST]:
        print(f"  {compared}")
    print("  most hidden:")
    for compared in sorted(found, key=lambda compared: -compared.hidden.total())[:_WORST]:
        if compared.hidden:
            print(
                f"  {compared.hidden.total():5} {compared.name}: {', '.join(list(compared.hidden)[:_EXAMPLES])}"
            )


if __name__ == "__main__":
    main()
