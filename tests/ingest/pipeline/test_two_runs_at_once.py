"""Two runs over one folder: an older reading never replaces a newer one, and the run that comes late says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.config import Config
from chatbot.store import NewDocument
from index_reading import faults, found_documents, read_index, statuses, uris
from ingest.pipeline import Ingest, made_by, run
from ingest.report import Progress
from ingest.sync import Plan, plan
from ingest.uploads import upload

Write = Callable[..., Path]
STAYS = "another run has stored it anew meanwhile; what that one has stored stays"
_NUMBERS = count(1)


@pytest.fixture(params=["sqlite", "postgres"])
def config(config: Config, request: pytest.FixtureRequest) -> Config:
    if request.param == "postgres":
        request.getfixturevalue("postgres")
    return config.with_(index={"backend": request.param, "schema_name": f"two_runs_{next(_NUMBERS)}"})


@pytest.fixture
def in_database(config: Config) -> None:
    if config.index.backend == "sqlite":
        pytest.skip("in a folder the second run waits for the first")


def text_of(config: Config, uri: str) -> str:
    return str(read_index(config, lambda view: view.document_text(uri)))


@contextmanager
def planned(
    config: Config, folder: Path, embedding: Any, once: Callable[[Ingest], None] = lambda _: None
) -> Iterator[tuple[Ingest, Plan]]:
    """A run that knows what it has to do; ``once``: called when it has read its first file and stored nothing."""
    waiting = [once]

    def tell(progress: Progress) -> None:
        if progress.read and waiting:
            waiting.pop()(ingest)

    with Ingest(config, embedding, tell) as ingest:
        with ingest.store.reading() as view:
            documents, roots = view.documents(), view.roots()
        yield (
            ingest,
            plan([folder], documents, roots, ingest.writer.label_root, made_by(config), config.store),
        )


def store_by_another(ingest: Ingest, uri: str, sha256: str, text: str = "") -> None:
    """What another run would do, through the writer that is open: in a folder there is no second one."""
    document = NewDocument(
        uri, Path("/other") / uri, sha256, made_by(ingest.config), len(text), "refused", text=text
    )
    assert ingest.writer.replace(document, [], np.empty((0, ingest.store.dimension), np.float32))


def test_a_newer_reading_that_was_stored_meanwhile_stays(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "first walrus")
    run(config, [folder], embedding=embedding)
    write("a.txt", "second walrus")

    def come_between(ingest: Ingest) -> None:
        write("a.txt", "third walrus")
        store_by_another(ingest, "docs/a.txt", "0" * 64, "third walrus")

    with planned(config, folder, embedding, come_between) as (ingest, work):
        ingest.carry_out(work)
    report = ingest.report
    assert [(r.path, r.reason) for r in report.overtaken] == [("docs/a.txt", STAYS)]
    assert (report.indexed, report.files, report.outcomes()) == ([], 1, {"overtaken": 1})
    assert report.as_json()["overtaken"] == [{"path": "docs/a.txt", "reason": STAYS, "hidden_words": 0}]
    assert report.summary() == f"1 overtaken (docs/a.txt: {STAYS})"
    assert text_of(config, "docs/a.txt") == "third walrus"


def test_an_older_reading_that_was_stored_meanwhile_is_replaced(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "new walrus")

    def come_between(ingest: Ingest) -> None:
        store_by_another(ingest, "docs/a.txt", "0" * 64, "old walrus")

    with planned(config, folder, embedding, come_between) as (ingest, work):
        ingest.carry_out(work)
    assert uris(ingest.report.indexed) == ["docs/a.txt"]
    assert text_of(config, "docs/a.txt") == "new walrus"
    assert faults(config) == []


def test_what_another_run_has_stored_alike_is_unchanged(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    with planned(config, folder, embedding) as (ingest, work):
        store_by_another(ingest, "docs/a.txt", work.todo[0].sha256, "as the other has read it")
        ingest.carry_out(work)
    assert uris(ingest.report.unchanged) == ["docs/a.txt"]
    assert ingest.report.news == {}
    assert text_of(config, "docs/a.txt") == "as the other has read it"


def test_a_refusal_does_not_replace_what_another_run_could_read(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    (folder / "b.txt").symlink_to("/nowhere/at/all")
    with planned(config, folder, embedding) as (ingest, work):
        store_by_another(ingest, "docs/b.txt", "0" * 64, "seal")
        ingest.carry_out(work)
    assert uris(ingest.report.overtaken) == ["docs/b.txt"]
    assert text_of(config, "docs/b.txt") == "seal"


def test_a_document_that_came_back_is_not_removed(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    file = write("a.txt", "first walrus")
    run(config, [folder], embedding=embedding)
    file.unlink()
    with planned(config, folder, embedding) as (ingest, work):
        store_by_another(ingest, "docs/a.txt", "0" * 64, "second walrus")
        ingest.carry_out(work)
    assert (uris(ingest.report.removed), uris(ingest.report.overtaken)) == ([], ["docs/a.txt"])
    assert text_of(config, "docs/a.txt") == "second walrus"


def test_a_document_that_another_run_has_removed_too_is_no_news(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    file = write("a.txt", "walrus")
    run(config, [folder], embedding=embedding)
    file.unlink()
    with planned(config, folder, embedding) as (ingest, work):
        assert ingest.writer.delete("docs/a.txt")
        ingest.carry_out(work)
    assert ingest.report.files == 0


def test_a_file_that_another_run_has_renamed_too_is_unchanged(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    run(config, [folder], embedding=embedding)
    (folder / "a.txt").rename(folder / "b.txt")
    with planned(config, folder, embedding) as (ingest, work):
        assert ingest.writer.rename("docs/a.txt", "docs/b.txt", folder / "b.txt")
        ingest.carry_out(work)
    assert uris(ingest.report.unchanged) == ["docs/b.txt"]
    assert ingest.report.news == {}


def test_a_renamed_file_whose_old_name_holds_something_else_by_now_is_read(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    run(config, [folder], embedding=embedding)
    (folder / "a.txt").rename(folder / "b.txt")
    with planned(config, folder, embedding) as (ingest, work):
        store_by_another(ingest, "docs/a.txt", "0" * 64, "seal")
        ingest.carry_out(work)
    assert (uris(ingest.report.indexed), uris(ingest.report.renamed)) == (["docs/b.txt"], [])
    assert uris(ingest.report.overtaken) == ["docs/a.txt"]
    assert statuses(config) == {"docs/a.txt": "refused", "docs/b.txt": "indexed"}


def test_of_two_uploads_of_one_name_the_first_to_be_stored_stays_and_the_other_is_told(
    config: Config, embedding: Any, in_database: None
) -> None:
    told: list[Any] = []

    def come_between(progress: Progress) -> None:
        if progress.read and not told:
            told.append(upload(config, {"note.txt": b"seal"}, embedding=embedding))

    report = upload(config, {"note.txt": b"walrus"}, come_between, embedding)
    assert uris(told[0].indexed) == ["uploads/note.txt"]
    assert [(r.path, r.reason) for r in report.overtaken] == [("uploads/note.txt", STAYS)]
    assert text_of(config, "uploads/note.txt") == "seal"


def test_of_two_files_of_one_name_in_one_upload_the_second_stays(config: Config, embedding: Any) -> None:
    report = upload(config, [("note.txt", b"walrus"), ("note.txt", b"seal")], embedding=embedding)
    assert uris(report.indexed) == ["uploads/note.txt", "uploads/note.txt"]
    assert text_of(config, "uploads/note.txt") == "seal"


def test_two_whole_runs_at_once_leave_what_the_folder_holds(
    config: Config, folder: Path, write: Write, embedding: Any, in_database: None
) -> None:
    for number in range(8):
        write(f"{number}.txt", f"first walrus number {number}")
    run(config, [folder], embedding=embedding)
    for number in range(8):
        write(f"{number}.txt", f"second otter number {number}")

    def come_between(ingest: Ingest) -> None:
        for number in range(0, 8, 2):
            write(f"{number}.txt", f"third seal number {number}")
        (folder / "1.txt").unlink()
        second = run(config, [folder], embedding=embedding)
        assert len(second.indexed) == 7
        assert uris(second.removed) == ["docs/1.txt"]

    with planned(config, folder, embedding, come_between) as (ingest, work):
        ingest.carry_out(work)
    assert set(uris(ingest.report.overtaken)) >= {"docs/0.txt"}
    for uri in statuses(config):
        assert text_of(config, uri) == (folder / uri.removeprefix("docs/")).read_text()
    run(config, [folder], embedding=embedding)
    assert set(statuses(config)) == {f"docs/{number}.txt" for number in range(8) if number != 1}
    assert found_documents(config, embedding, "seal")[1] == {
        f"docs/{number}.txt" for number in range(0, 8, 2)
    }
    assert faults(config) == []
