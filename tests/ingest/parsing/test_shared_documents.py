from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from ingest.parsing import ParsedDocument
from ingest.parsing.cage import ParserProcess

DOCUMENTS = Path(__file__).parents[4] / "shared" / "data" / "documents"
pytestmark = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the shared documents are not here")

Outcome = tuple[str, str]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """Status and reason of every file, by its path in the manifest."""
    with ParserProcess() as process:
        paths = sorted(path for path in DOCUMENTS.rglob("*") if path.is_file())
        found = {}
        for path, result in process.parse_many(paths):
            name = path.relative_to(DOCUMENTS).as_posix()
            if isinstance(result, ParsedDocument):
                found[name] = ("partial" if result.partial else "parsed", result.partial)
            else:
                found[name] = ("refused", str(result))
        return found


@pytest.fixture(scope="module")
def manifest() -> list[dict[str, str]]:
    with (DOCUMENTS / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_ends_parsed_partial_or_refused_with_a_reason(
    outcomes: dict[str, Outcome], manifest: list[dict[str, str]]
) -> None:
    assert {row["path"] for row in manifest} <= set(outcomes)
    assert all(reason for status, reason in outcomes.values() if status != "parsed")
    counts = Counter(status for status, _ in outcomes.values())
    assert counts["parsed"] >= 380


def test_no_file_crashes_the_parser_or_breaks_a_limit(outcomes: dict[str, Outcome]) -> None:
    signs = ("parser failed", "parser died", "parser answered", "of memory", "longer than")
    assert [name for name, (_, reason) in outcomes.items() if any(sign in reason for sign in signs)] == []


def test_pdfs_with_a_text_layer_are_parsed_and_the_others_are_refused_for_the_reason_that_pdfium_gives(
    outcomes: dict[str, Outcome], manifest: list[dict[str, str]]
) -> None:
    for row in manifest:
        if row["pdf_magic"] != "True":
            continue
        status, reason = outcomes[row["path"]]
        if "password" in row["err"]:
            assert "password" in reason, row["path"]
        elif row["err"]:
            assert "damaged" in reason, row["path"]
        elif int(row["chars5"] or 0) > 2:
            assert status != "refused", row["path"]


def test_office_files_text_and_pages_are_all_read(outcomes: dict[str, Outcome]) -> None:
    refused = [
        name
        for name, (status, reason) in outcomes.items()
        if status == "refused"
        and name.endswith(
            (".docx", ".pptx", ".xlsx", ".html", ".md", ".csv", ".epub", ".odt", ".rtf", ".json", ".txt")
        )
        and not any(word in reason for word in ("password", "no text", "is empty", "filled cell"))
    ]
    assert refused == []
