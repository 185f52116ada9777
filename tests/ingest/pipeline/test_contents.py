from __future__ import annotations

import io
import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.config import Config
from chatbot.errors import ConfigError
from chatbot.store import View
from index_reading import check_chunks, faults, read_index, statuses, uris
from ingest.pipeline import embedder, one_run, run
from ingest.uploads import upload

Write = Callable[..., Path]


def _pdf(*pages: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    for text in pages:
        canvas.drawString(72, 720, text)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def test_chunks_have_their_page_and_heading(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write(
        "pages.pdf",
        _pdf("Walruses live in the north.", "Penguins live in the south.", "Bears live in woods."),
    )
    intro, install, use = "Intro text. " * 15, "설치하는 방법입니다. " * 30, "How to use it, in short. " * 15
    write("guide.md", f"# Guide\n\n{intro}\n\n## 설치\n\n{install}\n\n## Usage\n\n{use}\n")
    run(config, [folder], embedding=embedding)

    def page(view: View, word: str) -> int | None:
        return next(c.page for c in view.chunks_of("docs/pages.pdf") if word in c.text)

    assert read_index(config, lambda view: [page(view, w) for w in ("Walruses", "Penguins", "Bears")]) == [
        1,
        2,
        3,
    ]
    chunks = read_index(config, lambda view: view.chunks_of("docs/guide.md"))
    assert [c.heading for c in chunks if "방법" in c.text][-1] == ("Guide", "설치")
    assert [c.heading for c in chunks if "How to" in c.text][-1] == ("Guide", "Usage")
    assert all(c.page is None for c in chunks)
    assert check_chunks(config, embedding) >= 4


def test_sorting_by_length_never_mixes_up_the_vectors(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_run, "_GROUP", 30)
    monkeypatch.setattr(embedder, "_SLICE", 7)
    rng = np.random.default_rng(3)
    words = [
        "한국어",
        "문장",
        "walrus",
        "바다코끼리",
        "seal",
        "물개",
        "otter",
        "수달",
        "tide",
        "조수",
        "iceberg",
        "빙산",
    ]
    for number in range(25):
        paragraphs = [
            " ".join(rng.choice(words, rng.integers(1, 120))) + f" {number}.{p}"
            for p in range(rng.integers(1, 6))
        ]
        write(f"{number}.txt", "\n\n".join(paragraphs))
    report = run(config, [folder], embedding=embedding)
    assert check_chunks(config, embedding) == report.chunks > 60
    assert len(embedding.texts) == report.chunks


def test_a_store_inside_the_ingested_folder_is_not_ingested(
    folder: Path, write: Write, embedding: Any
) -> None:
    inside = Config().with_(store=folder / "index")
    write("a.txt", "x")
    upload(inside, {"u.txt": b"uploaded text"}, embedding=embedding)
    for _ in range(2):
        run(inside, [folder], embedding=embedding)
        assert set(statuses(inside)) == {"docs/a.txt", "uploads/u.txt"}
    with pytest.raises(ConfigError, match="belongs to the index"):
        run(inside, [folder / "index"], embedding=embedding)


def test_overlapping_folders_make_no_duplicates(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "one")
    write("sub/b.txt", "two")
    for paths in ([folder / "sub", folder], [folder], [folder / "sub"], [folder, folder / "sub"]):
        run(config, paths, embedding=embedding)
        assert len(statuses(config)) == 2
    assert len(embedding.texts) == 2


def test_names_of_any_bytes_are_indexed_or_refused(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    names = [
        "100%_of 'it' \"all\".txt",
        unicodedata.normalize("NFD", "한글.txt"),
        "new\nline.txt",
        "\u202eevil.txt",
        "🙂.txt",
    ]
    for name in names:
        write(name, f"text of {name!r}")
    try:
        Path(os.fsdecode(os.fsencode(folder) + "/보고서.txt".encode("cp949"))).write_text("x")
        refused = 1
    except OSError:
        refused = 0
    for _ in range(2):
        report = run(config, [folder], embedding=embedding)
        assert len(report.indexed) + len(report.unchanged) == len(names)
        assert len(report.refused) == refused
        json.dumps(report.as_json(), ensure_ascii=False).encode()
    assert faults(config) == []


def test_lone_surrogates_in_a_document_do_not_end_the_run(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.json", '{"text": "half a pair: \\ud800 and more"}')
    write("b.txt", "fine")
    report = run(config, [folder], embedding=embedding)
    assert "docs/b.txt" in uris(report.indexed)
    assert len(report.indexed) + len(report.refused) == 2
