from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.store.sqlite.writer import SqliteWriter
from index_reading import check_chunks, faults, found_documents, parser_processes, statuses
from ingest.pipeline import run
from ingest.report import Progress

Write = Callable[..., Path]


def test_a_long_run_compacts_on_its_way(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        write(f"{number}.txt", f"text {number}")
    compact, seen = SqliteWriter.compact, []

    def counted(writer: SqliteWriter, only_if_due: bool = False) -> bool:
        assert only_if_due
        seen.append(len(statuses(config)))
        return compact(writer, only_if_due)

    monkeypatch.setattr(SqliteWriter, "compact", counted)
    run(config, [folder], embedding=embedding)
    assert seen == [4, 8, 10, 10]


def test_a_failing_model_leaves_earlier_files_committed_and_the_next_run_completes(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    for number in range(12):
        write(f"{number:02}.txt", f"text number {number:02}")
    embedding.fail_at("number 06")
    with pytest.raises(RuntimeError, match="the model died"):
        run(config, [folder], embedding=embedding)
    assert sorted(statuses(config)) == [f"docs/{number:02}.txt" for number in range(4)]
    assert faults(config) == []
    embedding.fail_at("")
    report = run(config, [folder], embedding=embedding)
    assert (len(report.indexed), len(report.unchanged)) == (8, 4)
    assert check_chunks(config, embedding) == 12
    assert faults(config) == []


def test_a_failing_model_leaves_the_old_content_of_a_changed_file(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "old walrus")
    run(config, [folder], embedding=embedding)
    write("a.txt", "new seal")
    embedding.fail_at("seal")
    with pytest.raises(RuntimeError):
        run(config, [folder], embedding=embedding)
    assert found_documents(config, embedding, "walrus") == ({"docs/a.txt"}, {"docs/a.txt"})


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
            assert parser_processes() == []
        assert faults(config) == []
        check_chunks(config, embedding)
    assert stopped >= 3
    run(config, [folder], embedding=embedding)
    assert len(statuses(config)) == expected
    assert faults(config) == []


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
        assert parser_processes() == []
        assert [t.name for t in threading.enumerate() if t.name.startswith("parser-reader")] == []
        assert held.value is not None
    finally:
        gc.enable()
    embedding.fail_at("")
    assert len(run(config, [folder], embedding=embedding).indexed) == 30  # and the lock is free
