from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chatbot.cli.ingest_output import print_ingest_report
from chatbot.config import Config
from index_reading import faults, uris
from ingest.pipeline import run
from ingest.report import Progress

Write = Callable[..., Path]


def test_the_report_lists_every_file_once_with_its_reason(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("good.md", "# Title\n\nText of the guide.")
    write("gone.txt", "soon removed")
    write("empty.txt", "")
    write("broken.pdf", "%PDF-1.7 and nothing else")
    os.mkfifo(folder / "pipe.txt")
    first = run(config, [folder], embedding=embedding)
    assert uris(first.indexed) == ["docs/gone.txt", "docs/good.md"]
    assert set(uris(first.refused)) == {"docs/empty.txt", "docs/broken.pdf", "docs/pipe.txt"}
    assert all(result.reason for result in first.refused)
    assert first.chunks == len(embedding.texts) == 2
    assert first.seconds > 0

    (folder / "gone.txt").unlink()
    second = run(config, [folder], embedding=embedding).as_json()
    assert json.loads(json.dumps(second)) == second
    lists = {"indexed", "unchanged", "renamed", "removed", "partial", "refused", "overtaken", "notes"}
    assert set(second) == {*lists, "chunks", "reused", "seconds"}
    assert second["indexed"] == second["partial"] == []
    assert second["unchanged"] == [{"path": "docs/good.md", "reason": "", "hidden_words": 0}]
    assert second["removed"] == [{"path": "docs/gone.txt", "reason": "", "hidden_words": 0}]
    assert {entry["path"]: entry["reason"] for entry in second["refused"]} == {
        result.path: result.reason for result in first.refused
    }
    assert second["chunks"] == 0
    assert faults(config) == []


def test_a_partly_readable_file_is_indexed_and_says_why(
    config: Config, folder: Path, write: Write, embedding: Any, samples_partial: bytes
) -> None:
    write("half.pdf", samples_partial)
    report = run(config, [folder], embedding=embedding)
    assert uris(report.partial) == ["docs/half.pdf"]
    assert report.partial[0].reason
    assert report.chunks == report.partial[0].chunks > 0
    again = run(config, [folder], embedding=embedding)
    assert again.unchanged[0].reason == report.partial[0].reason


@pytest.fixture
def samples_partial() -> bytes:
    """A PDF with one page of text and one that is only a picture."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    canvas.drawString(72, 720, "The first page has words that can be read and found.")
    canvas.showPage()
    canvas.drawImage(ImageReader(Image.new("RGB", (400, 500), "gray")), 50, 100, 450, 600)
    canvas.showPage()
    canvas.save()
    return data.getvalue()


def test_the_printed_report_names_what_was_renamed_and_what_was_reused(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus").rename(folder / "b.txt")
    run(config, [folder], embedding=embedding)
    (folder / "b.txt").rename(folder / "c\x1b.txt")
    write("new.txt", "walrus")
    printed = io.StringIO()
    print_ingest_report(Console(file=printed, width=200), run(config, [folder], embedding=embedding))
    lines = printed.getvalue().splitlines()
    assert lines[0].startswith("1 indexed · 1 renamed · 1 new chunks (1 with a known embedding) in ")
    assert lines[1:] == ["  renamed: docs/b.txt -> docs/c.txt"]


def test_progress_counts_up_to_the_end(config: Config, folder: Path, write: Write, embedding: Any) -> None:
    for number in range(6):
        write(f"{number}.txt", f"text {number}")
    write("empty.txt", "")
    os.mkfifo(folder / "pipe.txt")
    seen: list[Progress] = []
    report = run(config, [folder], seen.append, embedding)
    assert [p.files for p in seen] == sorted(p.files for p in seen)
    assert {p.files_total for p in seen} == {8}
    assert (seen[-1].files, seen[-1].chunks) == (8, report.chunks)
