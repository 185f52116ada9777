"""Batches: like lengths together, and the same results as one at a time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from chatbot.models.batching import like_lengths, pad_to_tiles
from chatbot.reranking import late_interaction
from chatbot.reranking.late_interaction import PASSAGE, QUESTION, token_vectors


@given(st.lists(st.text()), st.integers(1, 9))
def test_every_text_is_in_exactly_one_batch_and_longer_ones_come_first(texts: list[str], size: int) -> None:
    batches = like_lengths(texts, size)
    flat = [i for batch in batches for i in batch]
    lengths = [len(texts[i].encode()) for i in flat]
    assert sorted(flat) == list(range(len(texts)))
    assert lengths == sorted(lengths, reverse=True)
    assert all(len(batch) <= size for batch in batches)


def test_a_korean_text_counts_as_long_as_an_english_one_of_more_characters() -> None:
    assert like_lengths(["three words here", "대한민국의 수도"], 1) == [[1], [0]]


@pytest.mark.parametrize(("limit", "padded"), [(512, True), (510, False), (None, False)])
def test_padding_never_passes_the_longest_input(limit: int | None, padded: bool) -> None:
    class Transformer:
        def __init__(self) -> None:
            self.processing_kwargs: dict[str, Any] = {}

    class Model(list[Transformer]):
        max_seq_length = limit

    model = Model([Transformer()])
    pad_to_tiles(model)
    assert ("text" in model[0].processing_kwargs) is padded


@pytest.mark.parametrize(("capability", "tile"), [("AVX2", 8), ("AVX512", 16), ("DEFAULT", 16)])
def test_a_tile_is_as_wide_as_the_cpu_likes(
    capability: str, tile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)

    class Model(list[SimpleNamespace]):
        max_seq_length = 512

    model = Model([SimpleNamespace(processing_kwargs={})])
    pad_to_tiles(model)
    assert model[0].processing_kwargs == {"text": {"pad_to_multiple_of": tile}}


def test_vectors_and_scores_are_those_of_the_plain_models(sample_chatbot: Any) -> None:
    texts = [
        "짧다",
        "A passage about annual leave. " * 9,
        "벡터 데이터베이스는 임베딩을 저장합니다. " * 7,
        "x",
    ] * 9
    embedding, reranker = sample_chatbot.embedding, sample_chatbot.reranker
    ours = np.asarray(embedding.get_text_embedding_batch(texts))
    plain = embedding._model.encode(texts, prompt_name="text", normalize_embeddings=True)
    cosines = (ours * plain).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(plain, axis=1)
    assert cosines.min() > 0.9999
    scores = reranker.score("How much annual leave?", texts[:4])
    question = token_vectors(embedding._model, [f"{QUESTION}How much annual leave?"])[0]
    passages = [token_vectors(embedding._model, [f"{PASSAGE}{text}"])[0] for text in texts[:4]]
    alone = [float(late_interaction.scores(question, [passage])[0]) for passage in passages]
    assert np.argsort(scores).tolist() == np.argsort(alone).tolist()
    assert scores == pytest.approx(alone, abs=0.1)
