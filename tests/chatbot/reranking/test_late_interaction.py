"""Late interaction: what its definition says, over the network of the embedding model and no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from sentence_transformers import SentenceTransformer

from chatbot import Chatbot
from chatbot.config import Config
from chatbot.models import folders
from chatbot.reranking import Reranker, build_reranker
from chatbot.reranking.late_interaction import (
    PASSAGE,
    QUESTION,
    SCALES,
    LateInteraction,
    scores,
    token_vectors,
)
from fakes.small_models import small_embedding

PAIRS = [
    ("What is BM25?", "BM25 ranks documents by the terms they share with the question, weighted by rarity."),
    ("재정렬이 뭐야?", "재정렬은 검색된 문서의 순서를 교차 인코더로 다시 매기는 단계이다."),
    ("재정렬이 뭐야?", "Tokyo is the capital of Japan."),
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformer:
    return small_embedding(tmp_path_factory.mktemp("embedding"))


@pytest.fixture(scope="module")
def e5() -> SentenceTransformer:
    """The embedding model as it comes, without our padding and numbers."""
    folder = folders.resolve(folders.E5_SMALL, Config().models_cache).path
    return SentenceTransformer(str(folder), device="cpu")


def vectors(rows: list[list[float]], layers: tuple[float, ...] = (1.0, 0.0)) -> torch.Tensor:
    """(layers, tokens, hidden): ``rows`` times a number for each layer."""
    return torch.stack([layer * F.normalize(torch.tensor(rows), dim=-1) for layer in layers])


START, A, B, FILLER = [0.0, 0, 0, 1], [1.0, 0, 0, 0], [0.0, 1, 0, 0], [0.0, 0, 1, 0]
ASKED = vectors([START] * 4 + [A, B, START], (1.0, 1.0))  # the prefix' tokens around the question's two


def logit(passage: torch.Tensor) -> float:
    return float(scores(ASKED, [passage])[0])


def test_both_words_in_one_sentence_beat_both_words_far_apart() -> None:
    near = vectors([FILLER] * 40 + [A, B] + [FILLER] * 38)
    far = vectors([A] + [FILLER] * 78 + [B])
    assert logit(near) == pytest.approx(20)  # both found: similarity x (1 + 1) / 2
    assert logit(far) == pytest.approx(10)  # one window holds only one


def test_a_window_may_begin_at_any_block_and_end_in_padding() -> None:
    assert logit(vectors([FILLER] * 31 + [A, B])) == pytest.approx(
        20
    )  # 33 tokens: in the second and third block
    assert logit(vectors([FILLER, A])) == pytest.approx(10)  # shorter than a block


def test_the_early_layer_adds_its_own_max_sim() -> None:
    assert logit(vectors([FILLER, A, B], (0.0, 1.0))) == pytest.approx(5)
    assert logit(vectors([FILLER, A, B], (1.0, 1.0))) == pytest.approx(25)


def test_the_last_token_that_fills_a_block_up_changes_nothing() -> None:
    unlike = [-1.0, -1, 0, 0]  # of no token of the question: a filling of zeros would be more similar
    question = vectors([START] * 4 + [A, START], (1.0, 1.0))
    assert float(scores(question, [vectors([unlike])])[0]) == pytest.approx(-20 / 2**0.5)


def test_passages_of_any_lengths_score_together_as_alone() -> None:
    generator = torch.Generator().manual_seed(1)
    passages = [F.normalize(torch.randn(2, n, 4, generator=generator), dim=-1) for n in (1, 16, 17, 100, 3)]
    together = scores(ASKED, passages).tolist()
    assert together == pytest.approx([float(scores(ASKED, [passage])[0]) for passage in passages])


def test_a_question_without_tokens_of_its_own_has_a_score() -> None:
    assert np.isfinite(float(scores(ASKED[:, :5], [vectors([A])])[0]))


@torch.no_grad()
def test_the_score_is_the_definition_over_the_embedding_models_hidden_states(
    e5: SentenceTransformer,
) -> None:
    scorer = LateInteraction(e5)
    for question, passage in PAIRS:
        states = [
            e5[0].model(**e5.tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states
            for text in (f"query: {question}", f"passage: {passage}")
        ]
        expected = 0.0
        for layer, scale in SCALES.items():
            q, p = (F.normalize(found[layer][0], dim=-1) for found in states)
            assert len(p) <= 32  # one window
            expected += scale * float((q[4:-1] @ p.T).amax(1).mean())
        assert scorer.score([(scorer.read(question, [passage]), 0)]) == pytest.approx([expected], abs=0.02)


def test_the_last_layers_vectors_are_those_that_the_embedding_averages(
    e5: SentenceTransformer,
) -> None:
    text = PASSAGE + PAIRS[0][1]
    (found,) = token_vectors(e5, [text])
    tokens = F.normalize(e5.encode(text, output_value="token_embeddings"), dim=-1)
    assert found.dtype == torch.float16
    assert found.shape == (2, len(tokens), 384)
    assert torch.allclose(found[0].float(), tokens.cpu(), atol=1e-3)


@torch.no_grad()
def test_company_in_a_batch_does_not_change_a_vector(small: SentenceTransformer) -> None:
    texts = [QUESTION + PAIRS[0][0], PASSAGE + "긴 본문 " * 60, PASSAGE]
    for text, together in zip(texts, token_vectors(small, texts), strict=True):
        assert torch.allclose(together, token_vectors(small, [text])[0], atol=2e-3)


def test_what_passes_the_models_window_is_cut(small: SentenceTransformer) -> None:
    assert token_vectors(small, [PASSAGE + "낱말 " * 2000])[0].shape[1] == 512


def test_a_passage_that_comes_back_is_not_read_again(
    small: SentenceTransformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counted(model: SentenceTransformer, texts: list[str]) -> list[torch.Tensor]:
        read.extend(texts)
        return token_vectors(model, texts)

    monkeypatch.setattr("chatbot.reranking.late_interaction.token_vectors", counted)
    reranker = Reranker(LateInteraction(small, 10_000_000), model="small", top_n=2, cached_scores=100)
    passages = [passage for _, passage in PAIRS]
    reranker.score("재정렬이 뭐야?", passages)
    read.clear()
    again = reranker.score("How are documents ranked?", passages)
    assert set(read) == {f"{QUESTION}How are documents ranked?"}  # once for each worker at most
    fresh = Reranker(LateInteraction(small), model="small", top_n=2)
    assert again == pytest.approx(fresh.score("How are documents ranked?", passages), abs=0.05)


def test_the_second_look_reads_with_the_network_that_is_in_memory(sample_chatbot: Chatbot) -> None:
    embedding: Any = sample_chatbot.embedding
    assert sample_chatbot.reranker._model.scorer._model is embedding._model
    other = Chatbot(sample_chatbot.config, sample_chatbot.store, sample_chatbot.embedding)
    assert other.reranker._model.scorer._model is embedding._model


@pytest.mark.parametrize(
    "setting",
    [
        "another embedding model",
        *(pytest.param(s, marks=pytest.mark.slow) for s in ("another length", "no embedding")),
    ],
)
def test_another_embedding_model_leaves_the_second_look_its_own(
    setting: str, sample_chatbot: Chatbot
) -> None:
    config = Config().with_(reranker={"cached_scores": 0})
    if setting == "another embedding model":
        config = config.with_(embedding={"model": "someone/another-model"})
    elif setting == "another length":
        config = config.with_(reranker={"options": {"max_length": 256}})
    embedding: Any = sample_chatbot.embedding
    reranker = build_reranker(config, None if setting == "no embedding" else lambda: embedding)
    own = reranker._model.scorer._model
    assert own is not embedding._model
    assert own.max_seq_length == (256 if setting == "another length" else 512)
    texts = [passage for _, passage in PAIRS]
    assert reranker.score("재정렬이 뭐야?", texts) == pytest.approx(
        sample_chatbot.reranker.score("재정렬이 뭐야?", texts), abs=0.05
    )


def test_its_name_of_old_files_still_means_it() -> None:
    for config in (Config(), Config().with_(reranker={"model": "package:secondlook-reranker"})):
        assert config.reranker.model == "late-interaction"
