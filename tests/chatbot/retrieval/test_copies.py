"""Passages that read the same are one candidate; what differs is never hidden behind them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from chatbot import Chatbot, load_chatbot
from chatbot.config import Config
from chatbot.retrieval.embeddings import build_embedding
from ingest.pipeline import run

POLICY = (
    "출장 규정\n\n출장비는 출장 담당 부서에서 예약합니다. 호텔은 어느 도시에서나 하룻밤 15만 원까지입니다.\n"
)
NOTICE = "안내문 3\n\n5월 1일부터 런던 호텔은 하룻밤 28만 원까지입니다. 다른 도시는 출장 규정을 따릅니다.\n"
QUESTION = "런던에서 호텔은 하룻밤에 얼마까지인가요?"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("copies")
    for name, count in (("old", 40), ("new", 40)):
        (folder / name).mkdir()
        for number in range(count):
            (folder / name / f"policy-{number:02}.txt").write_text(POLICY, "utf-8")
    (folder / "new" / "notice.txt").write_text(NOTICE, "utf-8")
    config = Config().with_(store=folder / "store")
    assert not run(config, [folder / "old", folder / "new"], embedding=build_embedding(config)).refused
    return config


def test_copies_are_one_candidate_and_the_one_that_differs_is_first(config: Config) -> None:
    chatbot = load_chatbot(config)
    with closing(chatbot.store):
        candidates = chatbot.search(QUESTION).candidates
        assert [c.document for c in candidates] == ["new/notice.txt", "old/policy-00.txt"]
        assert [c.copies for c in candidates] == [0, 79]
        assert candidates[1].also_in == tuple(f"old/policy-{number:02}.txt" for number in range(1, 6))


def test_a_filter_counts_the_copies_that_it_lets_through(config: Config) -> None:
    chatbot = Chatbot(config, load_chatbot(config).store, build_embedding(config))
    with closing(chatbot.store):
        candidates = chatbot.search(QUESTION, filters=["new"]).candidates
        assert {c.document: c.copies for c in candidates} == {"new/notice.txt": 0, "new/policy-00.txt": 39}


def test_deep_copies_are_looked_through(config: Config, tmp_path: Path) -> None:
    """More copies than the depth of a search hold the first places of both lists."""
    (tmp_path / "many").mkdir()
    for number in range(130):
        (tmp_path / "many" / f"{number:03}.txt").write_text(POLICY.replace("15만", "16만"), "utf-8")
    run(config, [tmp_path / "many"], embedding=build_embedding(config))
    chatbot = load_chatbot(config)
    with closing(chatbot.store):
        found = chatbot.search("출장비와 호텔은 출장 규정에서 어느 도시에서나 얼마까지인가요?").candidates
    assert len(found) == 3
    assert sorted(c.copies for c in found) == [0, 79, 129]
