"""The case this project grew out of, on the tutorial's own glossary (skipped where that is absent)."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot import load_chatbot
from chatbot.config import Config
from ingest.pipeline import run


def test_the_word2vec_chunk_is_first_after_the_second_look(shared_data: Path, tmp_path: Path) -> None:
    glossary = shared_data / "seed" / "appendix-keywords.txt"
    config = Config().with_(
        store=tmp_path / "store",
        splitter={"kind": "recursive", "chunk_size": 500, "chunk_overlap": 100},
        retrieval={"k": 10, "top_n": 3},
    )
    run(config, [glossary])
    chatbot = load_chatbot(config)
    try:
        answer = chatbot.ask("Word2Vec 에 대해서 알려줄래?")
        assert "Word2Vec\n\n정의: Word2Vec" in answer.sources[0].text
        assert answer.candidates[0].reranked_rank == 1
        assert len(answer.candidates) == 10
        assert len(answer.sources) == 3
        assert "Word2Vec" in answer.text
    finally:
        chatbot.store.close()


@pytest.mark.parametrize("encoding", ["utf8", "CP949", "EUCKR"])
def test_the_glossary_is_read_without_a_wrong_character_in_any_encoding(
    shared_data: Path, encoding: str
) -> None:
    from ingest.parsing.parse import parse

    expected = (shared_data / "seed" / "appendix-keywords.txt").read_text("utf-8").replace("\r\n", "\n")
    assert parse(shared_data / "seed" / f"appendix-keywords-{encoding}.txt").text.strip() == expected.strip()
