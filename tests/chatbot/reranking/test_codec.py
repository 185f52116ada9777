"""The codes of token vectors: what they lose, and that they are compared as vectors are."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from chatbot import Chatbot
from chatbot.reranking.codec import Codec, codec_named, decoded
from chatbot.reranking.late_interaction import PASSAGE, QUESTION, kept_scores, scores, token_vectors

QUESTIONS = ["What is BM25?", "재정렬이 뭐야?", "How many days of leave?"]
PASSAGES = [
    "BM25 ranks documents by the terms they share with the question, weighted by rarity.",
    "재정렬은 검색된 문서의 순서를 교차 인코더로 다시 매기는 단계이다. " * 12,
    "Tokyo.",
    "Annual leave is 25 days. " * 9,
]


@pytest.fixture(scope="module")
def read(sample_chatbot: Chatbot) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    model = sample_chatbot.reranker._model.scorer._model
    passages = token_vectors(model, [PASSAGE + text for text in PASSAGES])
    return [token_vectors(model, [QUESTION + text])[0] for text in QUESTIONS], passages


def vectors_of(codec: Codec, code: bytes) -> torch.Tensor:
    """The vectors that a passage's codes stand for, (layers, tokens, hidden)."""
    ((_, table),) = decoded([code])
    hidden = codec._mean.numel() // 2
    basis = torch.eye(hidden).expand(2, -1, -1)
    return codec.similarities(basis, table).mT


@pytest.mark.parametrize(("name", "size"), [("standard", 136), ("small", 64)])
def test_a_token_takes_as_many_bytes_as_the_setting_says(
    name: str, size: int, read: tuple[list[torch.Tensor], list[torch.Tensor]]
) -> None:
    codec = codec_named(name)
    assert codec.token_bytes == size
    for vectors in read[1]:
        assert len(codec.encode(vectors)) == 1 + size * vectors.shape[1]


@pytest.mark.parametrize(("name", "largest"), [("standard", 1.0), ("small", 2.0)])
def test_logits_are_near_those_of_the_vectors_themselves(
    name: str, largest: float, read: tuple[list[torch.Tensor], list[torch.Tensor]]
) -> None:
    questions, passages = read
    codes = [codec_named(name).encode(vectors) for vectors in passages]
    ((places, table),) = decoded(codes)
    assert places == [0, 1, 2, 3]
    for question in questions:
        exact, coded = scores(question, passages), kept_scores(question, table)
        assert coded.tolist() == pytest.approx(exact.tolist(), abs=largest)
        assert coded.argmax() == exact.argmax()


def test_passages_are_compared_in_one_table_as_they_are_one_by_one(
    read: tuple[list[torch.Tensor], list[torch.Tensor]],
) -> None:
    codec = codec_named("standard")
    codes = [codec.encode(vectors) for vectors in read[1]]
    ((_, table),) = decoded(codes)
    for question in read[0]:
        # the definition, over the vectors that the codes stand for
        plain = scores(question, [vectors_of(codec, code) for code in codes]) - codec.too_high
        assert kept_scores(question, table).tolist() == pytest.approx(plain.tolist(), abs=1e-3)


def test_a_token_is_as_near_to_itself_as_before(
    read: tuple[list[torch.Tensor], list[torch.Tensor]],
) -> None:
    codec = codec_named("standard")
    vectors = read[1][0]
    ((_, table),) = decoded([codec.encode(vectors)])
    own = codec.similarities(vectors, table).diagonal(dim1=1, dim2=2)
    assert np.abs(own.numpy() - 1).max() < 0.01


def test_sizes_are_told_apart_and_what_is_damaged_or_of_a_later_version_is_left_out(
    read: tuple[list[torch.Tensor], list[torch.Tensor]],
) -> None:
    first, second, *_ = read[1]
    standard = codec_named("standard").encode(second)
    codes = [codec_named("small").encode(first), b"\xff later", standard, b"", standard[:1], standard[:-3]]
    found = {tuple(places): table.lengths for places, table in decoded(codes)}
    assert found == {(0,): [first.shape[1]], (2,): [second.shape[1]]}
