"""Independent readers: the text of a file as another program reads it, ``None`` where it cannot.

PDFium is there; pdftotext, LibreOffice and markitdown are used where they are installed.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium

_SECONDS = 120
# a program of its own: markitdown brings other versions of our libraries
_MARKITDOWN = """
import json, logging, sys, warnings
logging.disable(logging.CRITICAL); warnings.simplefilter("ignore")
from markitdown import MarkItDown
converter = MarkItDown(enable_plugins=False)
for path in json.load(sys.stdin):
    try:
        text = converter.convert(path).text_content
    except Exception:
        text = None
    print(json.dumps(text), file=sys.stdout, flush=True)
"""
# comma, quotation mark, UTF-8, from line 1, cells as they are shown, every sheet (-1)
_EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
_SHEETS = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".ots")
_SLIDES = (".ppt", ".pptx", ".pptm", ".odp", ".otp")


def by_pdfium(path: Path) -> str | None:
    """PDFium's own plain text."""
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError:
        return None
    pages = []
    try:
        for number in range(len(document)):
            page = document[number]
            textpage = page.get_textpage()
            pages.append(textpage.get_text_range())
            textpage.close()
            page.close()
    except pdfium.PdfiumError:
        pass  # a damaged page: what stands before it is compared
    finally:
        document.close()
    return "\n".join(pages)


def by_pdftotext(path: Path) -> str | None:
    done = subprocess.run(["pdftotext", "-q", str(path), "-"], capture_output=True, timeout=_SECONDS)
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def by_markitdown(paths: Sequence[Path], folder: Path | None) -> list[str | None]:
    """Markdown of each file. ``folder`` has the package where the environment has not (``pip install --target``)."""
    environment = os.environ | ({"PYTHONPATH": str(folder)} if folder else {})
    done = subprocess.run(
        [sys.executable, "-c", _MARKITDOWN], input=json.dumps([str(path) for path in paths]),
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    texts = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(('"', "null"))]
    return [*texts, *[None] * (len(paths) - len(texts))]


def by_libreoffice(paths: Sequence[Path]) -> list[str | None]:
    """What LibreOffice exports: sheets as CSV, slides as PDF and then as text, other documents as text."""
    with tempfile.TemporaryDirectory() as temporary:
        return [_exported(path, Path(temporary), number) for number, path in enumerate(paths)]


def _exported(path: Path, folder: Path, number: int) -> str | None:
    suffix, into = path.suffix.lower(), folder / str(number)
    form = _EVERY_SHEET if suffix in _SHEETS else "pdf" if suffix in _SLIDES else "txt:Text (encoded):UTF8"
    command = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
               "--convert-to", form, "--outdir", str(into), str(path)]  # fmt: skip
    try:
        subprocess.run(command, capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    made = sorted(into.glob("*")) if into.is_dir() else []
    texts = [
        by_pdftotext(file) or "" if form == "pdf" else _cells(file) if suffix in _SHEETS else _text(file)
        for file in made
    ]
    return "\n".join(texts) if texts else None


def _text(file: Path) -> str:
    return file.read_text("utf-8-sig", "replace")


def _cells(file: Path) -> str:
    """One cell a line."""
    csv.field_size_limit(2**31 - 1)
    return "\n".join(cell for row in csv.reader(_text(file).splitlines(True)) for cell in row if cell)
