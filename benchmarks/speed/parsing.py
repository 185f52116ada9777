"""How fast files are read, side by side in one run: ours, markitdown, and PDFium's raw text of PDFs.

    python -m benchmarks.speed.parsing --data FOLDER [--limit 100] [--without-ocr] [--kinds .pdf .docx]

Each file is read by all of them one after the other, in this process, after one file of its kind that
is not counted (imports). markitdown is optional: ``pip install "markitdown[docx,pptx,xlsx,pdf,outlook]"``. A file that
one of them cannot read counts for none of the ratios. Times are those of the processor: other programs at work change
them less. The speed of PDFs is also given in pages.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from benchmarks.report import table
from ingest.parsing import parse
from ingest.parsing.parse import SUPPORTED_SUFFIXES

Read = Callable[[Path], int]  # -> characters


def ours(file: Path) -> int:
    return len(parse(file).text)


def raw_pdfium(file: Path) -> int:
    import pypdfium2 as pdfium

    document, characters = pdfium.PdfDocument(file), 0
    try:
        for page in document:
            text = page.get_textpage()
            characters += len(text.get_text_bounded())
            text.close()
            page.close()
    finally:
        document.close()
    return characters


def markitdown() -> Read | None:
    if importlib.util.find_spec("markitdown") is None:
        return None
    from markitdown import MarkItDown

    converter = MarkItDown(enable_plugins=False)
    return lambda file: len(converter.convert(str(file)).text_content)


def seconds(read: Read, file: Path) -> float | None:
    """Of the processor; ``None`` for a file that cannot be read."""
    start = time.process_time()
    try:
        characters = read(file)
    except Exception:  # other programs raise what they like
        return None
    return time.process_time() - start if characters else None


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


def files_of(folder: Path, limit: int) -> Iterator[tuple[str, Path]]:
    """(kind, file), at most ``limit`` of each kind, spread over the names."""
    kinds: dict[str, list[Path]] = defaultdict(list)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and (suffix := file.suffix.lower()) in SUPPORTED_SUFFIXES:
            kinds[suffix].append(file)
    for kind, files in sorted(kinds.items()):
        step = max(1, len(files) // limit)
        for file in files[::step][:limit]:
            yield kind, file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="a folder of documents")
    parser.add_argument("--limit", type=int, default=100, help="files of a kind")
    parser.add_argument("--without-ocr", action="store_true", help="leave scans and pictures out")
    parser.add_argument("--kinds", nargs="+", help="only files with these endings")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    if arguments.without_ocr:
        _without_ocr()
    readers: dict[str, Read] = {"ours": ours, "raw pdfium": raw_pdfium}
    if (other := markitdown()) is not None:
        readers["markitdown"] = other
    else:
        print("markitdown is not installed: left out")
    times: dict[str, list[dict[str, float | None]]] = defaultdict(list)
    pages = 0
    for kind, file in files_of(arguments.data, arguments.limit):
        if arguments.kinds and kind not in arguments.kinds:
            continue
        if kind not in times:
            _measured(readers, kind, file)  # imports
        times[kind].append(_measured(readers, kind, file))
        if kind == ".pdf" and times[kind][-1]["ours"]:
            pages += pages_of(file)
    _report(times, list(readers))
    if took := sum(found["ours"] or 0.0 for found in times[".pdf"]):
        print(f"ours: {pages:,} pages of PDF, {pages / took:.1f} pages/s")


def _without_ocr() -> None:
    from ingest.parsing import detect, ocr
    from ingest.parsing.pdf import pdf

    for module in (ocr, detect, pdf):
        module.available = lambda: False  # type: ignore[attr-defined]


def _measured(readers: dict[str, Read], kind: str, file: Path) -> dict[str, float | None]:
    return {
        name: seconds(read, file) for name, read in readers.items() if name != "raw pdfium" or kind == ".pdf"
    }


def _report(times: dict[str, list[dict[str, float | None]]], names: list[str]) -> None:
    rows: list[list[str]] = []
    for kind, found in sorted(times.items()):
        row = [kind, str(len(found))]
        for name in names:
            both = [(t["ours"], t[name]) for t in found if t.get("ours") and t.get(name)]
            total = sum(other for _, other in both if other)
            mine = sum(own for own, _ in both if own)
            row.append(f"{len(both) / total:.1f} files/s ({total / mine:.2f}x)" if total and mine else "-")
        rows.append(row)
    head = ["kind", "files", *(f"{name} (its time / ours)" for name in names)]
    Console(width=140).print(table("Reading files", head, rows))


if __name__ == "__main__":
    main()
