"""Is every word of a PDF in its text? python -m benchmarks.fidelity --data FOLDER

For each PDF: the words that PDFium's plain text has (and ``pdftotext``, where poppler-utils is installed) and how many
of them are in our text or among its hidden words. Prints the total recall, pages a second, and the ten worst files
with what is missing. Scans are left out: nothing is recognised.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium

from chatbot.errors import DocumentRefused
from ingest.parsing import ocr
from ingest.parsing.clean import one_line
from ingest.parsing.pdf.pdf import parse

_WORD = re.compile(r"[^\W_]+")
_HYPHEN = re.compile(r"[\x02\ufffe\u00ad]\s*")
_INDEX = re.compile(r"[_^]\(?(?=\w)|(?<=\d) \[(?=\d{1,2}\])")


@dataclass(frozen=True, slots=True)
class Compared:
    """One file: how many words the other has, which of them we lack, and the seconds both took."""

    name: str
    words: int
    missing: Counter[str]
    pages: int
    theirs: float
    ours: float

    @property
    def recall(self) -> float:
        return 1 - self.missing.total() / self.words if self.words else 1.0


def words(text: str) -> Counter[str]:
    """Words as they count here: letters and digits, in one form and case, hyphens at line ends taken out."""
    text = unicodedata.normalize("NFKC", one_line(_HYPHEN.sub("", text)))
    return Counter(_WORD.findall(text.casefold()))


def plain(path: Path) -> tuple[str, int]:
    """PDFium's own plain text, and the number of pages."""
    document = pdfium.PdfDocument(path)
    try:
        pages = []
        for number in range(len(document)):
            page = document[number]
            textpage = page.get_textpage()
            pages.append(textpage.get_text_range())
            textpage.close()
            page.close()
        return "\n".join(pages), len(document)
    finally:
        document.close()


def poppler(path: Path) -> str:
    """What ``pdftotext`` reads."""
    command = ["pdftotext", "-q", str(path), "-"]
    return subprocess.run(command, capture_output=True, timeout=120).stdout.decode("utf-8", "replace")


def compare(path: Path, name: str, with_poppler: bool) -> Compared | None:
    """``None`` for a file that either refuses."""
    began = time.process_time()
    try:
        text, pages = plain(path)
    except pdfium.PdfiumError:
        return None
    between = time.process_time()
    try:
        document = parse(path)
    except DocumentRefused:
        return None
    ended = time.process_time()
    other = words(poppler(path) if with_poppler else text)
    text = " ".join([document.text, *(hidden.text for hidden in document.hidden)])
    # x_1 is x1 there
    mine = words(text) | words(_INDEX.sub("", text))
    # a word that we join or part differently is there, letter for letter
    letters = "".join(_WORD.findall(unicodedata.normalize("NFKC", document.text).casefold()))
    missing = Counter(
        {word: count for word, count in (other - mine).items() if word not in letters or len(word) < 4}
    )
    return Compared(name, other.total(), missing, pages, between - began, ended - between)


def _absent(_name: str) -> None:
    """No package is there: nothing is recognised."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder with PDFs")
    parser.add_argument("--poppler", action="store_true", help="compare with pdftotext")
    arguments = parser.parse_args()
    if arguments.poppler and not shutil.which("pdftotext"):
        parser.error("pdftotext is not installed")
    ocr.find_spec = _absent  # type: ignore[assignment]
    paths = sorted(path for path in arguments.data.rglob("*") if path.suffix.lower() == ".pdf")
    found = [
        compared
        for path in paths
        if (compared := compare(path, path.relative_to(arguments.data).as_posix(), arguments.poppler))
    ]
    total = sum(compared.words for compared in found)
    lost = sum(compared.missing.total() for compared in found)
    pages = sum(compared.pages for compared in found)
    theirs, ours = sum(compared.theirs for compared in found), sum(compared.ours for compared in found)
    print(
        f"{len(found)} of {len(paths)} files, {pages:,} pages, {total:,} words: recall {1 - lost / max(total, 1):.4f}"
    )
    print(
        f"{pages / theirs:.0f} pages/s for PDFium's plain text, {pages / ours:.0f} for ours ({ours / theirs:.1f}x)"
    )
    for compared in sorted(found, key=lambda compared: -compared.missing.total())[:10]:
        examples = ", ".join(f"{word} {count}" for word, count in compared.missing.most_common(12))
        print(
            f"{compared.recall:.3f} {compared.name}: {compared.missing.total()} of {compared.words} missing: {examples}"
        )


if __name__ == "__main__":
    main()
