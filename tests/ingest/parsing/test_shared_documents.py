"""All files of ../shared/data/documents, as an ingest parses them: none is skipped in silence, none breaks a limit."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ingest.parsing.ocr import available
from ingest.parsing.parse import SUPPORTED_SUFFIXES
from paths import SHARED

DOCUMENTS = SHARED / "data" / "documents"
pytestmark = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the shared documents are not here")

IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_GROWN = 50 * 2**20


@pytest.fixture(scope="module")
def manifest() -> list[dict[str, str]]:
    with (DOCUMENTS / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_scan(row: dict[str, str]) -> bool:
    """An image, or a PDF in whose first five pages PDFium finds no text."""
    if row["pdf_magic"] == "True":
        return not row["err"] and int(row["chars5"] or 0) <= 2
    return row["path"].lower().endswith(IMAGES)


def is_readable(row: dict[str, str]) -> bool:
    """A supported format with something to read: by the manifest and the file's bytes, not by our own parser.

    Left out: PDFs that PDFium cannot open (password, damaged), scans, files under 10 bytes, and compound files (Office
    with a password or before 2007) whatever their name.
    """
    path = DOCUMENTS / row["path"]
    if (
        path.suffix.lower() not in SUPPORTED_SUFFIXES
        or row["err"]
        or is_scan(row)
        or path.stat().st_size < 10
    ):
        return False
    with path.open("rb") as file:
        return not file.read(8).startswith(OLE)


@pytest.fixture(scope="module")
def watched(manifest: list[dict[str, str]], watched_parse: Callable[..., Any]) -> list[Any]:
    """Two processes, each with half of the files. With OCR installed, scans are left to its own tests: minutes."""
    scans = {DOCUMENTS / row["path"] for row in manifest if available() and is_scan(row)}
    paths = sorted(path for path in DOCUMENTS.rglob("*") if path.is_file() and path not in scans)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(watched_parse, (paths[::2], paths[1::2])))


@pytest.fixture(scope="module")
def outcomes(watched: list[Any]) -> dict[str, Any]:
    """What became of every file, by its path in the manifest."""
    return {
        path.relative_to(DOCUMENTS).as_posix(): outcome
        for half in watched
        for path, outcome in half.outcomes.items()
    }


def table(outcomes: dict[str, Any]) -> str:
    """Outcomes by extension, shown when a test fails."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, outcome in outcomes.items():
        counts[Path(name).suffix.lower()][outcome.status] += 1
    lines = [f"{suffix:8}{dict(found)}" for suffix, found in sorted(counts.items())]
    slowest = sorted(outcomes.items(), key=lambda item: -item[1].seconds)[:3]
    return "\n".join([*lines, *(f"{outcome.seconds:.1f} s {name}" for name, outcome in slowest)])


def test_every_file_ends_indexed_partial_or_refused_with_a_reason(
    outcomes: dict[str, Any], manifest: list[dict[str, str]]
) -> None:
    expected = {row["path"] for row in manifest if not (available() and is_scan(row))}
    assert expected <= set(outcomes)
    assert all(outcome.reason.strip() for outcome in outcomes.values() if outcome.status != "indexed")
    assert all(outcome.chars > 0 for outcome in outcomes.values() if outcome.status != "refused")
    print(table(outcomes))


def test_no_file_crashes_the_parser_or_breaks_a_limit(outcomes: dict[str, Any]) -> None:
    signs = ("parser failed", "parser died", "parser answered", "of memory", "longer than")
    assert [name for name, found in outcomes.items() if any(sign in found.reason for sign in signs)] == []


def test_the_program_grows_by_less_than_50_mb(watched: list[Any]) -> None:
    assert max(half.grown for half in watched) <= MOST_GROWN


def test_98_of_100_readable_files_give_text(outcomes: dict[str, Any], manifest: list[dict[str, str]]) -> None:
    readable = [row["path"] for row in manifest if is_readable(row)]
    without = [(name, outcomes[name].reason) for name in readable if outcomes[name].status == "refused"]
    assert len(readable) >= 400
    assert len(without) <= 0.02 * len(readable), without


def test_pdfs_with_a_text_layer_are_parsed_and_the_others_are_refused_for_the_reason_that_pdfium_gives(
    outcomes: dict[str, Any], manifest: list[dict[str, str]]
) -> None:
    for row in manifest:
        if row["pdf_magic"] != "True" or row["path"] not in outcomes:
            continue
        found = outcomes[row["path"]]
        if "password" in row["err"]:
            assert "password" in found.reason, row["path"]
        elif row["err"]:
            assert "damaged" in found.reason, row["path"]
        elif int(row["chars5"] or 0) > 2:
            assert found.status != "refused", row["path"]


def test_office_files_text_and_pages_are_all_read(outcomes: dict[str, Any]) -> None:
    kinds = (".docx", ".pptx", ".xlsx", ".html", ".md", ".csv", ".epub", ".odt", ".rtf", ".json", ".txt")
    honest = ("password", "no text", "is empty", "filled cell")
    assert [
        (name, found.reason)
        for name, found in outcomes.items()
        if found.status == "refused"
        and name.endswith(kinds)
        and not any(word in found.reason for word in honest)
    ] == []
