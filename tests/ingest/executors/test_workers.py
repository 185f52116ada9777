"""What workers elsewhere make of a run's files, and what becomes of it when they end: over a real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.storage.compared import compare
from chatbot.config import Config
from chatbot.errors import ConfigError, ExecutorError, ModelError
from index_reading import statuses, uris
from ingest.executors import cluster
from ingest.executors.choice import executor_named
from ingest.executors.crew import ADDRESS
from ingest.executors.lots import ALONE, TOGETHER, Lot
from ingest.executors.worker import Facts, Worker
from ingest.pipeline import run
from ingest.report import IngestReport, Progress

Write = Callable[..., Path]


@pytest.fixture
def files(write: Write, folder: Path) -> Path:
    """Twenty that can be read, one that is empty, and two of the same content."""
    for number in range(20):
        write(
            f"{number:02}.md", f"# Title {number}\n\nThe walrus number {number} sleeps. " * (1 + number % 5)
        )
    write("empty.txt", "")
    write("copy.md", (folder / "00.md").read_bytes())
    return folder


def by_workers(config: Config, folder: Path, on_progress: Any = None) -> IngestReport:
    return run(config, [folder], on_progress, executor=executor_named("ray", config))


def outcomes(report: IngestReport) -> dict[str, Any]:
    told = report.as_json()
    return {name: told[name] for name in ("indexed", "partial", "refused", "unchanged", "removed", "chunks")}


def assert_same_index(config: Config, in_database: Config, documents: int) -> None:
    compared = compare(config, in_database)
    assert (compared.documents, compared.twice) == (documents, [])
    assert (compared.missing, compared.more, compared.different) == ([], [], [])
    assert compared.least_cosine > 1 - 1e-5


def test_the_report_and_the_index_are_those_of_one_process(
    config: Config, in_database: Config, files: Path, crew: Any
) -> None:
    alone = run(config, [files])
    told: list[Progress] = []
    report = by_workers(in_database, files, told.append)
    assert outcomes(report) == outcomes(alone)
    assert len(crew.lots) > 2
    assert_same_index(config, in_database, 22)
    assert [p.files for p in told] == sorted(p.files for p in told)
    assert (told[-1].files, told[-1].files_total, told[-1].read) == (22, 22, 22)
    assert len(by_workers(in_database, files).unchanged) == 21  # the refused one is not read again either


def test_what_lost_workers_had_is_done_by_others_once(
    config: Config, in_database: Config, files: Path, crew: Any
) -> None:
    alone = run(config, [files])

    def loses(lot: Lot, when: str) -> bool:
        """Each lot loses two workers: one that has not begun, one that has stored all of it and not said so."""
        return (lot.lost, when) in ((0, "before"), (1, "after")) and lot.before == 0

    crew.loses = staticmethod(loses)
    report = by_workers(in_database, files)
    assert outcomes(report) == outcomes(alone)
    assert_same_index(config, in_database, 22)
    assert crew.losses > 6
    assert report.notes == [f"{crew.losses} workers ended too early; what they had was given to others"]


def test_a_file_that_every_worker_dies_of_is_left_and_said(
    in_database: Config, files: Path, crew: Any
) -> None:
    crew.loses = staticmethod(lambda lot, when: any(t.uri == "docs/07.md" for t in lot.tasks))
    report = by_workers(in_database, files)
    assert len(report.indexed) == 20
    (left,) = [result for result in report.refused if result.path == "docs/07.md"]
    assert f"{TOGETHER + ALONE} workers ended" in left.reason
    assert "docs/07.md" not in statuses(in_database)
    crew.loses = staticmethod(lambda lot, when: False)
    assert uris(by_workers(in_database, files).indexed) == ["docs/07.md"]


def test_files_too_large_to_be_sent_are_read_here(
    in_database: Config, files: Path, crew: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LARGEST", 100)
    report = by_workers(in_database, files)
    assert len(report.indexed) == 21
    sent = [task.bytes for lot in crew.lots for task in lot.tasks]
    assert 0 < len(sent) < 22
    assert max(sent) <= 100


def test_a_file_that_goes_meanwhile_is_left(in_database: Config, files: Path, crew: Any) -> None:
    def first_one_goes(lot: Lot, when: str) -> bool:
        (files / "19.md").unlink(missing_ok=True)
        return False

    crew.loses = staticmethod(first_one_goes)
    report = by_workers(in_database, files)
    assert [r.reason for r in report.refused if r.path == "docs/19.md"] == [
        "was gone before it could be read"
    ]
    assert len(report.indexed) == 20


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda facts: replace(facts, makes=("parser=1", *facts.makes[1:])), "would make other documents"),
        (lambda facts: replace(facts, roots={}), "has another database"),
        (lambda facts: replace(facts, sequence=facts.sequence + 1_000), "has another database"),
    ],
)
def test_a_machine_that_would_do_otherwise_takes_no_part(
    in_database: Config, files: Path, crew: Any, change: Callable[[Facts], Facts], said: str
) -> None:
    crew.changes = staticmethod(change)
    with pytest.raises(ExecutorError, match=said):
        by_workers(in_database, files)


def test_an_error_of_a_worker_ends_the_run_and_what_is_stored_stays(
    in_database: Config, files: Path, crew: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lots = 0

    def fails(worker: Worker, *given: Any) -> Any:
        nonlocal lots
        lots += 1
        return (
            ModelError("the model {name} is gone; install it", name="m")
            if lots > 1
            else carry_out(worker, *given)
        )

    carry_out = Worker.carry_out
    with monkeypatch.context() as patched:
        patched.setattr(Worker, "carry_out", fails)
        with pytest.raises(ModelError, match="the model m is gone; install it"):
            by_workers(in_database, files)
    stored = set(statuses(in_database))
    assert stored
    assert set(uris(by_workers(in_database, files).unchanged)) <= stored


def test_nothing_is_started_where_there_is_nothing_to_read(
    in_database: Config, files: Path, crew: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_workers(in_database, files)
    monkeypatch.setattr(cluster, "Crew", None)
    assert len(by_workers(in_database, files).unchanged) == 21


def test_an_index_in_a_folder_and_a_missing_address_are_said_before_anything_is_read(
    config: Config, in_database: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match="an index that other machines can write to"):
        executor_named("ray", config)
    monkeypatch.delenv(ADDRESS, raising=False)
    with pytest.raises(ConfigError, match="RAY_ADDRESS is not set"):
        executor_named("ray", in_database)
    monkeypatch.setenv(ADDRESS, "ray://head:10001")
    with pytest.raises(ConfigError, match="RAY_ADDRESS is 'ray://head:10001'; set it to the head"):
        executor_named("ray", in_database)
