"""Who has reached a limit on the page is told which, and when there is room again."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest

from chatbot.config import Config
from chatbot.notebooks import ALONE, Library
from chatbot.rendering.words import Say
from chatbot.rendering.words.messages import in_language
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import create_store
from chatbot.ui.limits.allowance import import_refused, question_refused, upload_refused


def test_a_question_too_many_is_refused_with_when_it_works_again() -> None:
    limits = Config().with_(limits={"questions_per_minute": 2})
    assert [question_refused(limits) for _ in range(2)] == ["", ""]
    refusal = question_refused(limits)
    assert "2 questions a minute" in refusal
    assert "again in 60 s" in refusal
    assert "60초 뒤에 다시" in in_language(refusal, "ko")
    assert [question_refused(Config()) for _ in range(50)] == [""] * 50


def test_files_and_bytes_are_counted_over_an_hour(tmp_path: Path) -> None:
    config = Config().with_(store=tmp_path, limits={"upload_files_per_hour": 10, "upload_mb_per_hour": 5})
    assert upload_refused(config, 6, 10) is None
    refusal = upload_refused(config, 6, 10)
    assert refusal is not None
    assert (
        Say("en")(refusal.key, **refusal.values)
        == "Each person can add 10 files an hour. You can add these in 60 min."
    )
    refusal = upload_refused(config, 11, 10)
    assert refusal is not None
    assert refusal.key == "limit_files_at_once"
    refusal = upload_refused(config, 1, 6_000_000)
    assert refusal is not None
    assert refusal.key == "limit_bytes_at_once"
    assert upload_refused(config, 4, 3_000_000) is None  # the refused ones did not count as files
    refusal = upload_refused(Config().with_(limits={"upload_mb_per_hour": 5}), 1, 3_000_000)
    assert refusal is not None
    assert "60분 뒤에" in Say("ko")(refusal.key, **refusal.values)


def test_an_index_takes_no_more_than_it_may(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a").write_bytes(b"x" * 1_500_000)
    (tmp_path / "rag.db").write_bytes(b"x" * 100_000)
    (tmp_path / "something of the person").write_bytes(b"x" * 9_000_000)
    config = Config().with_(store=tmp_path, limits={"storage_mb": 2})
    assert upload_refused(config, 1, 400_000) is None
    refusal = upload_refused(config, 1, 400_001)
    assert refusal is not None
    assert "may take 2 MB" in Say("en")(refusal.key, **refusal.values)


def test_a_person_with_many_notebooks_may_store_no_more_than_one_with_one(tmp_path: Path) -> None:
    config = Config().with_(store=tmp_path, limits={"storage_mb": 2})
    library = Library(config)
    for name in ("잠수", "Bees", "Travel"):
        files = library.place_of(library.make(name, ALONE).row).store / "files"
        files.mkdir(parents=True)
        (files / "a").write_bytes(b"x" * 500_000)
    assert upload_refused(config, 1, 400_000) is None
    assert import_refused(config, 400_000) is None
    for refusal in (upload_refused(config, 1, 600_000), import_refused(config, 600_000)):
        assert refusal is not None
        assert "together may take 2 MB" in Say("en")(refusal.key, **refusal.values)
        assert "모두 합해 2MB까지" in Say("ko")(refusal.key, **refusal.values)


def test_in_a_database_it_is_counted_there_and_nothing_is_taken_while_it_cannot_be_counted(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config().with_(
        store=tmp_path, index={"backend": "postgres", "schema_name": "page_limits"}, limits={"storage_mb": 3}
    )
    with closing(create_store(config, store_identity(config), 2)) as store:
        assert upload_refused(config, 1, 400_000) is None
        store.files.put("0" * 64, random.Random(1).randbytes(3_000_000))
    (tmp_path / "files").rename(tmp_path / "copies")  # those of this machine do not count
    refusal = upload_refused(config, 1, 400_000)
    assert refusal is not None
    assert "may take 3 MB" in Say("en")(refusal.key, **refusal.values)
    monkeypatch.setenv("SECONDLOOK_DSN", f"{postgres} port=1")
    refusal = upload_refused(config, 1, 400_000)
    assert refusal is not None
    assert "cannot be reached" in Say("en")(refusal.key, **refusal.values)
    assert "연결할 수 없어" in Say("ko")(refusal.key, **refusal.values)


def test_questions_are_counted_in_the_database_and_none_is_taken_while_it_cannot_be_asked(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = {"backend": "postgres", "schema_name": "page_questions"}
    config = Config().with_(store=tmp_path, index=index, limits={"questions_per_minute": 2})
    assert [question_refused(config) for _ in range(2)] == ["", ""]
    assert "2 questions a minute" in question_refused(config)
    monkeypatch.setenv("SECONDLOOK_DSN", f"{postgres} port=1")
    refusal = question_refused(config)
    assert "PostgreSQL cannot be reached" in refusal
    assert "PostgreSQL에 연결하거나" in in_language(refusal, "ko")
