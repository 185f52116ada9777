"""Who has reached a limit on the page is told which, and when there is room again."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.config import LimitsConfig
from chatbot.limits import allowance
from chatbot.limits.window import Window
from chatbot.rendering.words import Say
from chatbot.rendering.words.messages import in_language
from chatbot.ui.limits.allowance import question_refused, upload_refused


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, span in (("_questions", 60), ("_files", 3600), ("_megabytes", 3600)):
        monkeypatch.setattr(allowance, name, Window(span))


def test_a_question_too_many_is_refused_with_when_it_works_again() -> None:
    limits = LimitsConfig(questions_per_minute=2)
    assert [question_refused(limits) for _ in range(2)] == ["", ""]
    refusal = question_refused(limits)
    assert "2 questions a minute" in refusal
    assert "again in 60 s" in refusal
    assert "60초 뒤에 다시" in in_language(refusal, "ko")
    assert [question_refused(LimitsConfig()) for _ in range(50)] == [""] * 50


def test_files_and_bytes_are_counted_over_an_hour(tmp_path: Path) -> None:
    limits = LimitsConfig(upload_files_per_hour=10, upload_mb_per_hour=5)
    assert upload_refused(limits, 6, 10, tmp_path) is None
    refusal = upload_refused(limits, 6, 10, tmp_path)
    assert refusal is not None
    assert (
        Say("en")(refusal.key, **refusal.values)
        == "Each person can add 10 files an hour. You can add these in 60 min."
    )
    refusal = upload_refused(limits, 11, 10, tmp_path)
    assert refusal is not None
    assert refusal.key == "limit_files_at_once"
    refusal = upload_refused(limits, 1, 6_000_000, tmp_path)
    assert refusal is not None
    assert refusal.key == "limit_bytes_at_once"
    assert upload_refused(limits, 4, 3_000_000, tmp_path) is None  # the refused ones did not count as files
    refusal = upload_refused(LimitsConfig(upload_mb_per_hour=5), 1, 3_000_000, tmp_path)
    assert refusal is not None
    assert "60분 뒤에" in Say("ko")(refusal.key, **refusal.values)


def test_an_index_takes_no_more_than_it_may(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a").write_bytes(b"x" * 1_500_000)
    (tmp_path / "rag.db").write_bytes(b"x" * 100_000)
    limits = LimitsConfig(storage_mb=2)
    assert upload_refused(limits, 1, 400_000, tmp_path) is None
    refusal = upload_refused(limits, 1, 400_001, tmp_path)
    assert refusal is not None
    assert "may take 2 MB" in Say("en")(refusal.key, **refusal.values)
