"""The pair model starts as the bi-encoder, and the stock loaders take it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from sentence_transformers import CrossEncoder, SentenceTransformer
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from chatbot.models.pair_model import PairConfig, PairModel
from chatbot.reranking import Reranker
from training.export import write_folder
from training.start import base_folder, starting_model

PAIRS = [
    ("What is BM25?", "BM25 ranks documents by the terms they share with the question, weighted by rarity."),
    ("재정렬이 뭐야?", "재정렬은 검색된 문서의 순서를 교차 인코더로 다시 매기는 단계이다."),
    ("재정렬이 뭐야?", "Tokyo is the capital of Japan."),
]


def small_model(joint_layers: int = 1, gate: float = 0.5, early_layer: int = 0) -> PairModel:
    """Random, two layers, with the real vocabulary."""
    torch.manual_seed(0)
    config = PairConfig(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        joint_layers=joint_layers,
        early_layer=early_layer,
    )
    model = PairModel(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.3)
        for layer in model.layers:
            if layer.gate is not None:
                layer.gate.fill_(gate)
    return model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pair")
    write_folder(small_model(), path)
    return path


@cache
def tokenizer_of(folder: Path) -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(folder)


@torch.no_grad()
def scores(model: PairModel, folder: Path, pairs: list[tuple[str, str]]) -> Tensor:
    tokenizer = tokenizer_of(folder)
    batch = tokenizer([q for q, _ in pairs], [p for _, p in pairs], padding=True, return_tensors="pt")
    return model(**batch).logits[:, 0]


@torch.no_grad()
def test_untrained_it_scores_as_the_bi_encoder(folder: Path) -> None:
    bi_encoder = SentenceTransformer(str(base_folder()), device="cpu")
    questions = [f"query: {question}" for question, _ in PAIRS]
    passages = [f"passage: {passage}" for _, passage in PAIRS]
    cosines = (bi_encoder.encode(questions) * bi_encoder.encode(passages)).sum(1)
    max_sims = []
    for question, passage in zip(questions, passages, strict=True):
        q, p = (
            F.normalize(
                torch.as_tensor(bi_encoder.encode(text, output_value="token_embeddings")).cpu(), dim=-1
            )
            for text in (question, passage)
        )
        max_sims.append(float((q[4:-1] @ p.T).amax(1).mean()))  # without <s> query: and </s>
    model = starting_model(joint_layers=4).eval()
    for weights, expected in (([1.0, 0.0], cosines), ([0.0, 1.0], max_sims)):
        model.head.similarity.copy_(torch.tensor(weights))
        assert scores(model, folder, PAIRS).tolist() == pytest.approx(list(expected), abs=1e-4)


def test_the_tokenizer_writes_both_sides_as_the_bi_encoder_reads_them(folder: Path) -> None:
    ours, theirs = tokenizer_of(folder), tokenizer_of(base_folder())
    for question, passage in [*PAIRS, (" leading space", "two  spaces\nand a line")]:
        written = ours(question, passage)
        left, right = theirs(f"query: {question}")["input_ids"], theirs(f"passage: {passage}")["input_ids"]
        assert written["input_ids"] == left + right
        assert written["token_type_ids"] == [0] * len(left) + [1] * len(right)


def test_truncation_counts_the_prefixes(folder: Path) -> None:
    tokenizer = tokenizer_of(folder)
    written = tokenizer("short", "long " * 100, truncation="only_second", max_length=32)
    assert len(written["input_ids"]) == 32
    assert written["input_ids"][-1] == tokenizer.sep_token_id


def test_the_stock_loaders_score_as_the_model_does(folder: Path) -> None:
    expected = scores(small_model(), folder, PAIRS).tolist()
    assert CrossEncoder(str(folder), device="cpu").predict(PAIRS).tolist() == pytest.approx(
        expected, abs=1e-5
    )
    reranker = Reranker(model=str(folder), top_n=2, device="cpu")
    assert reranker.score("재정렬이 뭐야?", [passage for _, passage in PAIRS]) == pytest.approx(
        scores(small_model(), folder, [("재정렬이 뭐야?", p) for _, p in PAIRS]).tolist(), abs=1e-5
    )


def test_the_stock_loaders_score_an_early_layer_too(tmp_path: Path) -> None:
    model = small_model(joint_layers=0, early_layer=1)
    write_folder(model, tmp_path)
    pairs = [("재정렬이 뭐야?", passage) for _, passage in PAIRS]
    expected = scores(model, tmp_path, pairs).tolist()
    assert expected != pytest.approx(scores(small_model(joint_layers=0), tmp_path, pairs).tolist(), abs=0.1)
    assert CrossEncoder(str(tmp_path), device="cpu").predict(pairs).tolist() == pytest.approx(
        expected, abs=1e-4
    )
    reranker = Reranker(model=str(tmp_path), top_n=2, device="cpu")
    assert reranker.score("재정렬이 뭐야?", [p for _, p in pairs]) == pytest.approx(expected, abs=1e-4)


def test_padding_and_company_do_not_change_a_score(folder: Path) -> None:
    model = small_model()
    together = scores(model, folder, [*PAIRS, ("긴 질문 " * 9, "긴 본문 " * 60)])
    alone = torch.cat([scores(model, folder, [pair]) for pair in PAIRS])
    assert torch.allclose(together[:3], alone, atol=1e-5)


def test_one_question_for_all_is_encoded_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, rows = small_model(), []
    encode = model.encode
    monkeypatch.setattr(model, "encode", lambda ids, valid: rows.append(len(ids)) or encode(ids, valid))
    scores(model, folder, [("재정렬이 뭐야?", passage) for _, passage in PAIRS])
    assert sorted(rows) == [1, 3]


@pytest.mark.parametrize(("gate", "changes"), [(0.0, False), (0.5, True)])
def test_the_sides_see_each_other_only_through_the_gate(gate: float, changes: bool) -> None:
    model = small_model(gate=gate)
    tokens, mask = torch.randn(1, 8, 16), torch.zeros(1, 1, 1, 8)
    other = tokens.clone()
    other[:, 5:] += 1
    with torch.no_grad():
        question, again = (model.layers[1].joint(x, 5, mask)[:, :5] for x in (tokens, other))
    assert torch.allclose(question, again) is not changes


def test_without_types_it_says_what_is_missing() -> None:
    with pytest.raises(ValueError, match="tokenizer of its own folder"):
        small_model()(torch.ones(1, 4, dtype=torch.long))


def test_bfloat16_ranks_like_float32(folder: Path) -> None:
    model = small_model()
    pairs = [("재정렬이 뭐야?", passage) for _, passage in PAIRS]
    exact, rounded = scores(model, folder, pairs), scores(model.to(torch.bfloat16), folder, pairs)
    assert rounded.dtype == torch.float32
    assert exact.argsort().tolist() == rounded.argsort().tolist()
