from __future__ import annotations

import gc
import hashlib
import inspect
import io
import json
import os
import threading
import unicodedata
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from chatbot.cli.ingest_output import print_ingest_report
from chatbot.config import Config
from chatbot.errors import ConfigError, DocumentRefused, ModelMismatch, StoreBusy, StoreError
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import Store, View, Writer
from chatbot.store.check import faults_of
from chatbot.store.records import embedded_text
from chatbot.text.keywords import match_query
from ingest import pipeline
from ingest.parsing import ocr
from ingest.parsing.document import ParsedDocument
from ingest.pipeline import run
from ingest.report import Progress
from ingest.sandbox.parser import ParserProcess
from ingest.uploads import remove, upload

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several commits in a run of a few files."""
    monkeypatch.setattr(pipeline, "_GROUP", 4)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Every run gives back its files, threads and processes, while its errors are still held."""
    descriptors, threads = _file_descriptors(), set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= threads  # one of an earlier test may have ended meanwhile
    assert _file_descriptors() <= descriptors
    assert _parsers() == []


def _file_descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def _parsers() -> list[str]:
    """Parser processes of this process that are still there."""
    found = []
    for file in Path("/proc/self/task").glob("*/children"):
        for pid in file.read_text().split():
            with suppress(OSError):
                if b"ingest.sandbox.parser_worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
    return found


@pytest.fixture
def opened(config: Config) -> Callable[[], Any]:
    """The index as a reader opens it."""
    return lambda: Store.open(config.store, store_identity(config))


def _read(config: Config, look: Callable[[View], Any]) -> Any:
    store = Store.open(config.store, store_identity(config))
    try:
        with store.reading() as view:
            return look(view)
    finally:
        store.close()


def _documents(config: Config) -> dict[str, str]:
    return _read(config, lambda view: {d.uri: d.status for d in view.documents()})  # type: ignore[no-any-return]


def _faults(config: Config) -> list[str]:
    store = Store.open(config.store, store_identity(config))
    try:
        return faults_of(store)
    finally:
        store.close()


def _found(config: Config, embedding: Any, question: str) -> tuple[set[str], set[str]]:
    """Documents that dense search (all chunks) and lexical search give for a question."""

    def look(view: View) -> tuple[set[str], set[str]]:
        dense = view.dense(np.asarray(embedding.vector(question), np.float32), 1000)
        lexical = view.lexical(match_query(question), 1000)
        rows = view.chunks(chunk for chunk, _ in [*dense, *lexical])
        return {rows[c].document for c, _ in dense}, {rows[c].document for c, _ in lexical}

    return _read(config, look)  # type: ignore[no-any-return]


def _paths(results: Any) -> list[str]:
    return [result.path for result in results]


def _check_chunks(config: Config, embedding: Any) -> int:
    """Each chunk is the text at its place, and has the vector of its own text."""

    def look(view: View) -> int:
        count = 0
        for document in view.documents():
            text = view.document_text(document.uri)
            for chunk in view.chunks_of(document.uri):
                assert text[chunk.start : chunk.end] == chunk.text
                own = np.asarray(
                    embedding.vector(embedded_text(chunk.text, chunk.heading, chunk.header)), np.float32
                )
                assert view.cosines(own, [chunk.id])[chunk.id] == pytest.approx(1, abs=1e-5)
                count += 1
        return count

    return _read(config, look)  # type: ignore[no-any-return]


def _pdf(*pages: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    for text in pages:
        canvas.drawString(72, 720, text)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def test_the_report_lists_every_file_once_with_its_reason(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("good.md", "# Title\n\nText of the guide.")
    write("gone.txt", "soon removed")
    write("empty.txt", "")
    write("broken.pdf", "%PDF-1.7 and nothing else")
    os.mkfifo(folder / "pipe.txt")
    first = run(config, [folder], embedding=embedding)
    assert _paths(first.indexed) == ["docs/gone.txt", "docs/good.md"]
    assert set(_paths(first.refused)) == {"docs/empty.txt", "docs/broken.pdf", "docs/pipe.txt"}
    assert all(result.reason for result in first.refused)
    assert first.chunks == len(embedding.texts) == 2
    assert first.seconds > 0

    (folder / "gone.txt").unlink()
    second = run(config, [folder], embedding=embedding).as_json()
    assert json.loads(json.dumps(second)) == second
    lists = {"indexed", "unchanged", "renamed", "removed", "partial", "refused", "notes"}
    assert set(second) == {*lists, "chunks", "reused", "seconds"}
    assert second["indexed"] == second["partial"] == []
    assert second["unchanged"] == [{"path": "docs/good.md", "reason": ""}]
    assert second["removed"] == [{"path": "docs/gone.txt", "reason": ""}]
    assert {entry["path"]: entry["reason"] for entry in second["refused"]} == {
        result.path: result.reason for result in first.refused
    }
    assert second["chunks"] == 0
    assert _faults(config) == []


def test_a_partly_readable_file_is_indexed_and_says_why(
    config: Config, folder: Path, write: Write, embedding: Any, samples_partial: bytes
) -> None:
    write("half.pdf", samples_partial)
    report = run(config, [folder], embedding=embedding)
    assert _paths(report.partial) == ["docs/half.pdf"]
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


def test_a_second_run_embeds_and_parses_nothing(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        write(f"{number}.txt", f"text {number}")
    write("refused.txt", "")
    run(config, [folder], embedding=embedding)
    embedded, sequence = len(embedding.texts), _read(config, lambda view: view.snapshot.sequence)

    def no_parser(*_: Any) -> None:
        raise AssertionError("a parser was started")

    monkeypatch.setattr(pipeline, "ParserProcess", no_parser)
    report = run(config, [folder], embedding=embedding)
    assert len(report.unchanged) == 5
    assert _paths(report.refused) == ["docs/refused.txt"]
    assert len(embedding.texts) == embedded
    assert _read(config, lambda view: view.snapshot.sequence) == sequence
    # and loads no model
    monkeypatch.setattr(pipeline, "build_embedding", no_parser)
    assert len(run(config, [folder]).unchanged) == 5


def test_only_the_changed_file_is_embedded_again(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "first walrus")
    write("b.txt", "second seal")
    run(config, [folder], embedding=embedding)
    before = len(embedding.texts)
    write("a.txt", "third otter")
    report = run(config, [folder], embedding=embedding)
    assert (_paths(report.indexed), _paths(report.unchanged)) == (["docs/a.txt"], ["docs/b.txt"])
    assert embedding.texts[before:] == ["third otter"]
    assert _found(config, embedding, "walrus")[1] == set()
    assert _found(config, embedding, "otter")[1] == {"docs/a.txt"}


def _chunk_ids(config: Config, uri: str) -> list[int]:
    return _read(config, lambda view: [chunk.id for chunk in view.chunks_of(uri)])  # type: ignore[no-any-return]


def test_a_renamed_or_moved_file_is_neither_parsed_nor_embedded(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("a.md", "# Title\n\nwalrus")
    write("empty.txt", "")
    run(config, [folder], embedding=embedding)
    ids, embedded = _chunk_ids(config, "docs/a.md"), len(embedding.texts)

    def no_parser(*_: Any) -> None:
        raise AssertionError("a parser was started")

    monkeypatch.setattr(pipeline, "ParserProcess", no_parser)
    (folder / "sub").mkdir()
    file.rename(folder / "sub" / "보고서.md")
    (folder / "empty.txt").rename(folder / "leer.txt")
    report = run(config, [folder], embedding=embedding)
    assert report.as_json()["renamed"] == [
        {"path": "docs/leer.txt", "was": "docs/empty.txt"},
        {"path": "docs/sub/보고서.md", "was": "docs/a.md"},
    ]
    assert (report.indexed, report.removed, report.refused, report.chunks) == ([], [], [], 0)
    assert report.summary() == (
        "2 renamed (docs/empty.txt -> docs/leer.txt, docs/a.md -> docs/sub/보고서.md)"
    )
    assert _chunk_ids(config, "docs/sub/보고서.md") == ids
    assert len(embedding.texts) == embedded
    assert _found(config, embedding, "walrus") == ({"docs/sub/보고서.md"}, {"docs/sub/보고서.md"})
    again = run(config, [folder], embedding=embedding)
    assert (_paths(again.unchanged), _paths(again.refused)) == (["docs/sub/보고서.md"], ["docs/leer.txt"])
    assert not again.news
    assert _faults(config) == []


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


def test_a_folder_that_moved_or_got_a_parent_is_not_read_again(
    config: Config, folder: Path, write: Write, embedding: Any, tmp_path: Path
) -> None:
    write("a.txt", "walrus")
    run(config, [folder], embedding=embedding)
    place = folder.rename(tmp_path / "archive")
    moved = run(config, [place], embedding=embedding)
    assert (_paths(moved.unchanged), moved.news) == (["docs/a.txt"], {})
    assert "its documents moved along" in moved.notes[0]
    assert _read(config, lambda view: view.roots()) == {"docs": place}
    assert _read(config, lambda view: view.document("docs/a.txt").path) == place / "a.txt"
    (tmp_path / "all").mkdir()
    place = place.rename(tmp_path / "all" / "archive")
    run(config, [place], embedding=embedding)
    report = run(config, [tmp_path / "all"], embedding=embedding)
    assert [(r.was, r.path) for r in report.renamed] == [("docs/a.txt", "all/archive/a.txt")]
    assert not run(config, [place], embedding=embedding).news
    assert len(embedding.texts) == 1
    assert _faults(config) == []


def test_a_text_that_the_index_has_is_not_embedded_again(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    write("b.txt", "walrus")
    first = run(config, [folder], embedding=embedding)
    assert (len(first.indexed), first.chunks, first.reused) == (2, 2, 1)
    assert embedding.texts == ["walrus"]
    write("copy.txt", "walrus")
    write(
        "edited.md", "# Tides\n\nThe tide is high.\n\n# Ice\n\n" + "Ice is cold, and thick in winter. " * 20
    )
    second = run(config, [folder], embedding=embedding)
    assert second.reused == 1
    before = len(embedding.texts)
    (folder / "edited.md").rename(folder / "moved.md")
    write("moved.md", "# Tides\n\nThe tide is low.\n\n# Ice\n\n" + "Ice is cold, and thick in winter. " * 20)
    third = run(config, [folder], embedding=embedding)
    assert (_paths(third.indexed), _paths(third.removed)) == (["docs/moved.md"], ["docs/edited.md"])
    assert 0 < len(embedding.texts) - before == third.chunks - third.reused < third.chunks
    for name in ("a.txt", "b.txt", "copy.txt"):
        (folder / name).unlink()
    run(config, [folder], embedding=embedding)
    write("again.txt", "walrus")  # what was deleted a moment ago is still known
    before = len(embedding.texts)
    assert run(config, [folder], embedding=embedding).reused == 1
    assert len(embedding.texts) == before
    _check_chunks(config, embedding)
    assert _faults(config) == []


def test_a_moved_file_that_is_read_again_is_never_missing(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    write("gone.txt", "seal")
    run(config, [folder], embedding=embedding)
    (folder / "a.txt").rename(folder / "a.md")
    (folder / "gone.txt").unlink()
    write("z.md", "last otter")
    seen: list[set[str]] = []
    run(config, [folder], lambda _: seen.append(set(_documents(config))), embedding)
    assert seen
    for documents in seen:
        assert documents & {"docs/a.txt", "docs/a.md"}
        assert "docs/gone.txt" not in documents
    assert set(_documents(config)) == {"docs/a.md", "docs/z.md"}


Result = tuple[Path, ParsedDocument | DocumentRefused]


class _Meddler(ParserProcess):
    """A real parser; ``after(path)`` is called when it has read a file."""

    after: Callable[[Path], None]

    def parse(self, path: Path, name: str | None = None) -> ParsedDocument:
        try:
            return super().parse(path, name)
        finally:
            self.after(path)

    def parse_many(self, items: Any) -> Generator[Result, None, None]:
        for path, result in super().parse_many(items):
            self.after(path)
            yield path, result


def test_a_file_that_changes_while_it_is_read_is_read_again(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("a.txt", "old walrus")
    write("b.txt", "calm seal")
    changes = iter(["new otter"])

    def change(path: Path) -> None:
        if path == file and (text := next(changes, None)):
            file.write_text(text)

    monkeypatch.setattr(_Meddler, "after", staticmethod(change), raising=False)
    monkeypatch.setattr(pipeline, "ParserProcess", _Meddler)
    report = run(config, [folder], embedding=embedding)
    assert _paths(report.indexed) == ["docs/a.txt", "docs/b.txt"]
    row = _read(config, lambda view: view.document("docs/a.txt"))
    assert _read(config, lambda view: view.document_text("docs/a.txt")) == "new otter"
    assert (row.sha256, row.bytes) == (hashlib.sha256(b"new otter").hexdigest(), 9)
    assert not run(config, [folder], embedding=embedding).news


def test_a_file_that_never_holds_still_or_vanishes_is_left_for_the_next_run(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, brief = write("busy.txt", "first walrus"), write("brief.txt", "first seal")
    write("calm.txt", "first otter")
    run(config, [folder], embedding=embedding)
    for name in ("busy", "brief", "calm"):
        write(f"{name}.txt", f"second {name}")
    number = 0

    def change(path: Path) -> None:
        nonlocal number
        number += 1
        if path == busy:
            busy.write_text(f"text number {number}")
        elif path == brief:
            brief.unlink()

    monkeypatch.setattr(_Meddler, "after", staticmethod(change), raising=False)
    monkeypatch.setattr(pipeline, "ParserProcess", _Meddler)
    report = run(config, [folder], embedding=embedding)
    assert {result.path: result.reason for result in report.refused} == {
        "docs/busy.txt": "changes while it is read; the next run tries again",
        "docs/brief.txt": "was gone before it could be read",
    }
    assert _paths(report.indexed) == ["docs/calm.txt"]
    assert _documents(config) == {f"docs/{name}.txt": "indexed" for name in ("busy", "brief", "calm")}
    assert _read(config, lambda view: view.document_text("docs/busy.txt")) == "first walrus"
    monkeypatch.undo()
    report = run(config, [folder], embedding=embedding)
    assert (_paths(report.indexed), _paths(report.removed)) == (["docs/busy.txt"], ["docs/brief.txt"])
    assert _faults(config) == []


def test_a_long_run_compacts_on_its_way(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        write(f"{number}.txt", f"text {number}")
    compact, seen = Writer.compact, []

    def counted(writer: Writer, only_if_due: bool = False) -> bool:
        assert only_if_due
        seen.append(len(_documents(config)))
        return compact(writer, only_if_due)

    monkeypatch.setattr(Writer, "compact", counted)
    run(config, [folder], embedding=embedding)
    assert seen == [4, 8, 10, 10]


def test_what_is_refused_for_the_same_reason_is_not_written_again(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    os.mkfifo(folder / "pipe.txt")
    assert run(config, [folder], embedding=embedding).summary() == (
        "1 refused (docs/pipe.txt: cannot be read: not a regular file)"
    )
    sequence = _read(config, lambda view: view.snapshot.sequence)
    report = run(config, [folder], embedding=embedding)
    assert (_paths(report.refused), report.news) == (["docs/pipe.txt"], {})
    assert _read(config, lambda view: view.snapshot.sequence) == sequence


def test_a_file_that_becomes_unreadable_is_no_longer_answered_from(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    run(config, [folder], embedding=embedding)
    write("a.txt", b"%PDF-1.7 nothing")
    assert _paths(run(config, [folder], embedding=embedding).refused) == ["docs/a.txt"]
    assert _found(config, embedding, "walrus") == (set(), set())
    write("a.txt", "walrus")
    assert _paths(run(config, [folder], embedding=embedding).indexed) == ["docs/a.txt"]
    assert _faults(config) == []


def test_other_splitter_settings_make_everything_again(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "A sentence of some length follows here. " * 30)
    write("refused.txt", "")
    run(config, [folder], embedding=embedding)
    smaller = config.with_(splitter={"chunk_size": 100, "chunk_overlap": 0})
    report = run(smaller, [folder], embedding=embedding)
    assert _paths(report.indexed) == ["docs/a.txt"]
    assert _paths(report.refused) == ["docs/refused.txt"]
    assert _read(config, lambda view: max(len(c.text) for c in view.chunks_of("docs/a.txt"))) <= 100
    assert len(run(smaller, [folder], embedding=embedding).unchanged) == 1
    recursive = smaller.with_(splitter={"kind": "recursive"})
    assert _paths(run(recursive, [folder], embedding=embedding).indexed) == ["docs/a.txt"]


def test_a_failing_model_leaves_earlier_files_committed_and_the_next_run_completes(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    for number in range(12):
        write(f"{number:02}.txt", f"text number {number:02}")
    embedding.fail_at("number 06")
    with pytest.raises(RuntimeError, match="the model died"):
        run(config, [folder], embedding=embedding)
    assert sorted(_documents(config)) == [f"docs/{number:02}.txt" for number in range(4)]
    assert _faults(config) == []
    embedding.fail_at("")
    report = run(config, [folder], embedding=embedding)
    assert (len(report.indexed), len(report.unchanged)) == (8, 4)
    assert _check_chunks(config, embedding) == 12
    assert _faults(config) == []


def test_a_failing_model_leaves_the_old_content_of_a_changed_file(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "old walrus")
    run(config, [folder], embedding=embedding)
    write("a.txt", "new seal")
    embedding.fail_at("seal")
    with pytest.raises(RuntimeError):
        run(config, [folder], embedding=embedding)
    assert _found(config, embedding, "walrus") == ({"docs/a.txt"}, {"docs/a.txt"})


def test_an_interrupt_at_any_report_leaves_a_sound_index(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    expected = 9
    for number in range(expected - 1):
        write(f"{number}.txt", f"text number {number}. " * 40)
    write("refused.txt", "")
    stopped = 0
    for stop_at in range(1, 40, 3):
        for number in range(expected - 1):
            write(f"{number}.txt", f"text number {number} version {stop_at}. " * 40)
        calls = 0

        def interrupt(_: Progress, stop_at: int = stop_at) -> None:
            nonlocal calls
            calls += 1
            if calls == stop_at:
                raise KeyboardInterrupt

        try:
            run(config, [folder], interrupt, embedding)
        except KeyboardInterrupt:
            stopped += 1
            assert _parsers() == []
        assert _faults(config) == []
        _check_chunks(config, embedding)
    assert stopped >= 3
    run(config, [folder], embedding=embedding)
    assert len(_documents(config)) == expected
    assert _faults(config) == []


def test_the_parser_is_gone_even_while_the_error_is_held(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    for number in range(30):
        write(f"{number:02}.txt", f"text number {number:02}")
    embedding.fail_at("number 02")
    gc.disable()  # no luck with the garbage collector
    try:
        with pytest.raises(RuntimeError) as held:
            run(config, [folder], embedding=embedding)
        assert _parsers() == []
        assert [t.name for t in threading.enumerate() if t.name == "parser-reader"] == []
        assert held.value is not None
    finally:
        gc.enable()
    embedding.fail_at("")
    assert len(run(config, [folder], embedding=embedding).indexed) == 30  # and the lock is free


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

    assert _read(config, lambda view: [page(view, w) for w in ("Walruses", "Penguins", "Bears")]) == [1, 2, 3]
    chunks = _read(config, lambda view: view.chunks_of("docs/guide.md"))
    assert [c.heading for c in chunks if "방법" in c.text][-1] == ("Guide", "설치")
    assert [c.heading for c in chunks if "How to" in c.text][-1] == ("Guide", "Usage")
    assert all(c.page is None for c in chunks)
    assert _check_chunks(config, embedding) >= 4


def test_sorting_by_length_never_mixes_up_the_vectors(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_GROUP", 30)
    monkeypatch.setattr(pipeline, "_SLICE", 7)
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
    assert _check_chunks(config, embedding) == report.chunks > 60
    assert len(embedding.texts) == report.chunks


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


def test_what_cannot_start_leaves_nothing(config: Config, folder: Path, embedding: Any) -> None:
    with pytest.raises(ConfigError, match="no file or folder"):
        run(config, [folder, folder / "missing"], embedding=embedding)
    assert not config.store.exists()


def test_an_empty_folder_makes_an_empty_index(config: Config, folder: Path, embedding: Any) -> None:
    report = run(config, [folder], embedding=embedding)
    assert report.as_json()["chunks"] == 0
    assert _documents(config) == {}
    assert _faults(config) == []


def test_another_model_is_refused_before_anything_is_loaded(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "x")
    run(config, [folder], embedding=embedding)

    def never(_: Config) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr(pipeline, "build_embedding", never)
    other = config.with_(embedding={"options": {"text_prefix": "other: "}})
    with pytest.raises(ModelMismatch, match=r"multilingual-e5-small.*secondlook reindex"):
        run(other, [folder])
    with pytest.raises(ModelMismatch):
        upload(other, {"a.txt": b"x"})


def test_a_model_of_another_dimension_is_refused_and_nothing_changes(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "walrus")
    run(config, [folder], embedding=embedding)
    write("a.txt", "seal")
    monkeypatch.setattr(type(embedding), "vector", lambda *_: [1.0, 0.0])
    with pytest.raises(StoreError, match="nothing was stored"):
        run(config, [folder], embedding=embedding)
    assert _read(config, lambda view: view.document_text("docs/a.txt")) == "walrus"


def test_a_second_run_at_the_same_time_is_told_who_writes(
    config: Config, folder: Path, write: Write, embedding: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "x")
    run(config, [folder], embedding=embedding)
    store = opened()
    monkeypatch.setattr(inspect.unwrap(Store.writing), "__defaults__", (0.05,))  # seconds to wait
    with store.writing(), pytest.raises(StoreBusy, match=str(os.getpid())):
        run(config, [folder], embedding=embedding)
    store.close()
    assert len(run(config, [folder], embedding=embedding).unchanged) == 1


def test_a_store_inside_the_ingested_folder_is_not_ingested(
    folder: Path, write: Write, embedding: Any
) -> None:
    inside = Config().with_(store=folder / "index")
    write("a.txt", "x")
    upload(inside, {"u.txt": b"uploaded text"}, embedding=embedding)
    for _ in range(2):
        run(inside, [folder], embedding=embedding)
        assert set(_documents(inside)) == {"docs/a.txt", "uploads/u.txt"}
    with pytest.raises(ConfigError, match="belongs to the index"):
        run(inside, [folder / "index"], embedding=embedding)


def test_overlapping_folders_make_no_duplicates(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "one")
    write("sub/b.txt", "two")
    for paths in ([folder / "sub", folder], [folder], [folder / "sub"], [folder, folder / "sub"]):
        run(config, paths, embedding=embedding)
        assert len(_documents(config)) == 2
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
    assert _faults(config) == []


def test_lone_surrogates_in_a_document_do_not_end_the_run(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.json", '{"text": "half a pair: \\ud800 and more"}')
    write("b.txt", "fine")
    report = run(config, [folder], embedding=embedding)
    assert "docs/b.txt" in _paths(report.indexed)
    assert len(report.indexed) + len(report.refused) == 2


# uploads


def test_upload_replace_remove_and_upload_again(config: Config, embedding: Any, opened: Any) -> None:
    files = config.store / "files"
    first = upload(config, {"노트.txt": b"walrus"}, embedding=embedding)
    assert _paths(first.indexed) == ["uploads/노트.txt"]
    assert _paths(upload(config, {"노트.txt": b"walrus"}, embedding=embedding).unchanged) == [
        "uploads/노트.txt"
    ]
    assert len(embedding.texts) == 1
    upload(config, {"노트.txt": b"seal"}, embedding=embedding)
    assert _found(config, embedding, "walrus")[1] == set()
    assert [file.read_bytes() for file in files.iterdir()] == [b"seal"]  # what was replaced is not kept

    store = opened()
    assert remove(store, "uploads/노트.txt")
    assert not remove(store, "uploads/노트.txt")
    store.close()
    assert list(files.iterdir()) == []
    assert _documents(config) == {}
    upload(config, {"노트.txt": b"seal"}, embedding=embedding)
    assert _found(config, embedding, "seal") == ({"uploads/노트.txt"}, {"uploads/노트.txt"})
    assert _faults(config) == []


def test_removing_one_of_two_uploads_of_the_same_content_keeps_the_other(
    config: Config, embedding: Any, opened: Any
) -> None:
    upload(config, {"a.txt": b"same", "b.txt": b"same"}, embedding=embedding)
    store = opened()
    assert remove(store, "uploads/a.txt")
    store.close()
    assert len(list((config.store / "files").iterdir())) == 1
    assert set(_documents(config)) == {"uploads/b.txt"}
    assert _found(config, embedding, "same") == ({"uploads/b.txt"}, {"uploads/b.txt"})


def test_removing_a_folders_document_leaves_the_file(
    config: Config, folder: Path, write: Write, embedding: Any, opened: Any
) -> None:
    file = write("a.txt", "x")
    run(config, [folder], embedding=embedding)
    store = opened()
    assert remove(store, "docs/a.txt")
    store.close()
    assert file.read_text() == "x"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../x.txt", "x.txt"),
        ("..\\..\\x.txt", "x.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("", "upload"),
        ("..", "upload"),
        ("a/..", "upload"),
        (" . ", "upload"),
        ("a\u202eb.txt", "ab.txt"),
        ("a\0b\n.txt", "ab.txt"),
        ("\ud800.txt", ".txt"),
        (unicodedata.normalize("NFD", "보고서.txt"), "보고서.txt"),
        ("가" * 300 + ".txt", "가" * 180 + ".txt"),
        ("a" * 10 + "." + "b" * 300, "a" * 10 + "." + "b" * 19),
    ],
)
def test_an_upload_gets_a_plain_name_and_stays_in_the_store(
    config: Config, embedding: Any, tmp_path: Path, given: str, name: str
) -> None:
    report = upload(config, {given: "텍스트 text".encode()}, embedding=embedding)
    expected = name if name != ".txt" else "txt"
    assert _paths([*report.indexed, *report.refused]) == [f"uploads/{expected}"]
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and config.store not in file.parents]
    assert kept == []
    assert len(list((config.store / "files").iterdir())) == 1


def test_a_refused_upload_is_reported_and_remembered(config: Config, embedding: Any) -> None:
    report = upload(config, {"empty.txt": b"", "fine.txt": b"x"}, embedding=embedding)
    assert _paths(report.refused) == ["uploads/empty.txt"]
    assert _documents(config) == {"uploads/empty.txt": "refused", "uploads/fine.txt": "indexed"}
    again = upload(config, {"empty.txt": b""}, embedding=embedding)
    assert again.refused[0].reason == report.refused[0].reason


def test_uploads_stay_when_a_folder_is_ingested(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    upload(config, {"u.txt": b"uploaded"}, embedding=embedding)
    write("a.txt", "x")
    report = run(config, [folder], embedding=embedding)
    assert report.removed == []
    assert set(_documents(config)) == {"docs/a.txt", "uploads/u.txt"}


def test_uploads_are_made_again_after_a_splitter_change(config: Config, folder: Path, embedding: Any) -> None:
    text = "A sentence of some length follows here. " * 30
    upload(config, {"u.txt": text.encode(), "lost.txt": b"lost"}, embedding=embedding)
    (config.store / "files" / hashlib.sha256(b"lost").hexdigest()).unlink()
    smaller = config.with_(splitter={"chunk_size": 100, "chunk_overlap": 0})
    report = run(smaller, [folder], embedding=embedding)
    assert _paths(report.indexed) == ["uploads/u.txt"]
    assert report.notes == [
        "uploads/lost.txt stays as it was: its content is not in the index; upload it again"
    ]
    assert _read(config, lambda view: max(len(c.text) for c in view.chunks_of("uploads/u.txt"))) <= 100
    assert set(_documents(config)) == {"uploads/u.txt", "uploads/lost.txt"}
    assert not run(smaller, [folder], embedding=embedding).news
    assert [fault.split(":")[0] for fault in _faults(config)] == ["uploads/lost.txt"]


def test_a_failed_upload_leaves_what_was_there(config: Config, embedding: Any) -> None:
    upload(config, {"u.txt": b"walrus"}, embedding=embedding)
    embedding.fail_at("seal")
    with pytest.raises(RuntimeError):
        upload(config, {"u.txt": b"seal"}, embedding=embedding)
    assert _found(config, embedding, "walrus") == ({"uploads/u.txt"}, {"uploads/u.txt"})
    embedding.fail_at("")
    upload(config, {"u.txt": b"seal"}, embedding=embedding)
    assert len(list((config.store / "files").iterdir())) == 1
    assert _faults(config) == []


def test_what_was_refused_for_lack_of_ocr_is_read_when_it_is_there(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = f"An image has no text layer; OCR is not installed. Index a version with text: {ocr.INSTALL}."
    write("scan.txt", "what was a scan")
    write("other.txt", "")
    with monkeypatch.context() as patch:
        patch.setattr(
            ParserProcess,
            "parse_many",
            lambda _, items: ((path, DocumentRefused(refusal)) for path, _ in items),
        )
        assert len(run(config, [folder], embedding=embedding).refused) == 2
    monkeypatch.setattr(ocr, "available", lambda: False)
    assert _paths(run(config, [folder], embedding=embedding).indexed) == []
    monkeypatch.setattr(ocr, "available", lambda: True)
    report = run(config, [folder], embedding=embedding)
    assert _paths(report.indexed) == ["docs/scan.txt"]
    assert _paths(report.refused) == ["docs/other.txt"]
