"""The second look as a service, with real weights: the same scores as the plain model, however they are asked for."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.postprocessor.sbert_rerank import SentenceTransformerRerank
from sentence_transformers import CrossEncoder
from transformers import AutoTokenizer

from chatbot import Chatbot
from chatbot.config import Config
from chatbot.engine.searching import Searching
from chatbot.errors import ConfigError, ModelError
from chatbot.models import folders
from chatbot.reranking import Reranker, build_reranker, own_fused_weight
from chatbot.reranking.backends import _fused_weight
from chatbot.reranking.late_interaction import LateInteraction
from chatbot.reranking.network import RerankerOptions
from chatbot.reranking.reranker import LONGEST_TEXT, PIECE, pieces_of
from chatbot.reranking.scorers import QuestionCutter
from fakes.small_models import small_embedding, write_cross_encoder

QUESTION = "연차는 며칠인가요?"
TEXTS = [
    "연차는 1년에 25일입니다.",
    "The printer is on the second floor. " * 12,
    "Annual leave is 25 days a year; unused days expire in March. " * 4,
    "x",
    "휴가 신청은 이틀 전까지 합니다. " * 20,
    "",
    "로봇 청소기의 배터리 보증 기간은 1년입니다.",
]


RAW = {"activation_fn": torch.nn.Identity()}


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cross-encoder")
    write_cross_encoder(folder)
    return folder


@pytest.fixture(scope="module", params=["cross-encoder", "late interaction"])
def reranker(
    request: pytest.FixtureRequest, cross_encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Reranker:
    """Of both kinds, small, with random weights: sensitive to every token."""
    if request.param == "cross-encoder":
        return Reranker(model=str(cross_encoder), top_n=3, device="cpu", cross_encoder_kwargs=RAW)
    scorer = LateInteraction(small_embedding(tmp_path_factory.mktemp("embedding")))
    return Reranker(scorer, model="small", top_n=3)


@pytest.fixture(scope="module")
def built(cross_encoder: Path) -> Reranker:
    """As it is configured, and remembering what it has scored."""
    return build_reranker(configured(cross_encoder, options={"fused_weight": 50.0}))


def configured(folder: Path, **reranker: Any) -> Config:
    return Config().with_(reranker={"model": str(folder), **reranker})


def test_a_cross_encoder_scores_as_the_stock_one_does(cross_encoder: Path) -> None:
    plain = CrossEncoder(str(cross_encoder), device="cpu", **RAW)
    expected = plain.predict([(QUESTION, text) for text in TEXTS]).tolist()
    ours = Reranker(model=str(cross_encoder), top_n=3, device="cpu", cross_encoder_kwargs=RAW)
    assert ours.score(QUESTION, TEXTS) == pytest.approx(expected, abs=1e-4)


def test_it_is_the_kind_that_llama_index_calls_a_reranker(reranker: Reranker) -> None:
    assert isinstance(reranker, SentenceTransformerRerank)
    nodes = [NodeWithScore(node=TextNode(text=text), score=0.0) for text in TEXTS]
    found = reranker.postprocess_nodes(nodes, query_str=QUESTION)
    assert [node.score for node in found] == pytest.approx(
        sorted(reranker.score(QUESTION, TEXTS), reverse=True)[:3], abs=1e-4
    )


def test_pairs_of_several_questions_in_one_micro_batch_score_as_alone(reranker: Reranker) -> None:
    scorer = reranker._model.scorer
    asked = {QUESTION: TEXTS[:3], "How many days of annual leave are there in a year?": TEXTS[3:5]}
    readings = {question: scorer.read(question, texts) for question, texts in asked.items()}
    batch = [(readings[question], i) for question, texts in asked.items() for i in range(len(texts))]
    alone = [score for question, texts in asked.items() for score in reranker.score(question, texts)]
    assert scorer.score(batch) == pytest.approx(alone, abs=1e-4)


def test_sessions_at_once_get_the_scores_they_would_get_alone(reranker: Reranker) -> None:
    questions = [f"{QUESTION} {number}" for number in range(6)]
    alone = {question: reranker.score(question, TEXTS) for question in questions}
    found: dict[str, list[float]] = {}

    def ask(question: str) -> None:
        found[question] = reranker.score(question, TEXTS)

    threads = [threading.Thread(target=ask, args=(question,)) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for question in questions:
        assert found[question] == pytest.approx(alone[question], abs=1e-4)


def test_no_texts_need_no_scores(reranker: Reranker) -> None:
    assert reranker.score(QUESTION, []) == []
    assert reranker.postprocess_nodes([], query_str=QUESTION) == []


@pytest.mark.parametrize("size", ["small", "default"])
def test_a_long_passage_is_cut_and_never_the_question(
    size: str, reranker: Reranker, sample_chatbot: Chatbot
) -> None:
    reranker = reranker if size == "small" else sample_chatbot.reranker
    question = "Which of these words is asked for at the very end of a question as long as this one, " * 12
    passage = "A short passage about something else. " * 200
    ends = [reranker.score(f"{question} {end}", [passage])[0] for end in ("annual leave?", "로봇 청소기?")]
    assert abs(ends[0] - ends[1]) > 1e-3


def test_a_question_longer_than_three_quarters_of_the_window_is_cut_there(cross_encoder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(cross_encoder)
    questions = QuestionCutter(tokenizer, 512)
    cut = questions.cut("낱말 " * 2000)
    assert len(tokenizer(cut, add_special_tokens=False)["input_ids"]) == 384
    assert questions.cut(QUESTION) == QUESTION
    assert QuestionCutter(tokenizer, None).cut("낱말 " * 2000) == "낱말 " * 2000


def test_a_question_is_cut_without_a_change_to_the_tokenizer_that_others_read_with(
    cross_encoder: Path,
) -> None:
    reranker = Reranker(model=str(cross_encoder), top_n=3, device="cpu", cross_encoder_kwargs=RAW)
    reranker.score(QUESTION, TEXTS)
    shared = reranker._model.scorer._model.tokenizer.backend_tokenizer
    before = (shared.padding, shared.truncation)
    assert None not in before
    reranker._model.scorer.read("낱말 " * 2000, TEXTS)
    assert (shared.padding, shared.truncation) == before


def test_a_question_of_any_length_has_scores(reranker: Reranker) -> None:
    expansive = "\ufdfa" * 300  # one character, many tokens
    for text in ("낱말 " * 2000, expansive):
        assert np.isfinite(reranker.score(text, TEXTS)).all()


@given(st.integers(0, 20_000))
def test_the_pieces_of_a_long_text_hold_all_of_it_under_its_first_line(length: int) -> None:
    text = ("Title\n" + "".join(f"{i:06d} " for i in range(length // 7 + 1)))[:length]
    pieces = pieces_of(text)
    assert (pieces == [text]) == (length <= LONGEST_TEXT)
    assert all(piece.removeprefix("Title\n\n") in text for piece in pieces)
    assert all(any(text[i : i + 100] in piece for piece in pieces) for i in range(0, length, 97))
    assert all(len(piece) <= PIECE + 10 or pieces == [text] for piece in pieces)


def test_a_text_is_as_relevant_as_its_best_piece(reranker: Reranker) -> None:
    text = "Guide\n" + "Nothing of interest. " * 150 + "Annual leave is 25 days."
    assert reranker.score(QUESTION, [text]) == pytest.approx(
        [max(reranker.score(QUESTION, pieces_of(text)))], abs=1e-4
    )
    assert len(reranker.score(QUESTION, [text, "x", text])) == 3


def test_what_was_scored_once_is_remembered_by_question_and_passage(
    built: Reranker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built.score(QUESTION, TEXTS)

    def fail(_: object) -> list[float]:
        raise AssertionError("scored again")

    monkeypatch.setattr(built._model._queue, "_score", fail)
    assert built.score(QUESTION, TEXTS) == first
    assert built.keeping(2).score(QUESTION, TEXTS[::-1]) == first[::-1]
    assert built.look(QUESTION, TEXTS, budget_ms=1).scored == len(TEXTS)
    with pytest.raises(AssertionError, match="scored again"):
        built.score("연차?", TEXTS)


def test_memory_can_be_turned_off() -> None:
    reranker = build_reranker(Config().with_(reranker={"cached_scores": 0}))
    reranker.score(QUESTION, TEXTS)
    assert len(reranker._model._known) == reranker._model.scorer._known.held == 0


def test_a_budget_scores_the_first_candidates_and_leaves_the_others_open(built: Reranker) -> None:
    texts = [f"{text} {number}" for number in range(6) for text in TEXTS]
    look = built.look(QUESTION, texts, budget_ms=0.001)
    scored = [logit is not None for logit in look.logits]
    assert 1 <= look.scored < len(texts)
    assert scored == sorted(scored, reverse=True)
    assert built.look(QUESTION, texts).scored == len(texts)


def test_scores_that_are_no_numbers_are_an_error(built: Reranker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built._model._queue, "_score", lambda pairs: [float("nan")] * len(pairs))
    with pytest.raises(ModelError, match="not finite"):
        built.score("Is this a number?", TEXTS)


def test_as_a_postprocessor_it_sorts_by_the_logit_whatever_the_fused_weight(built: Reranker) -> None:
    nodes = [
        NodeWithScore(node=TextNode(id_=str(i), text=text), score=float(-i)) for i, text in enumerate(TEXTS)
    ]
    found = built.keeping(len(TEXTS)).postprocess_nodes(nodes, query_str=QUESTION)
    scores = [node.score for node in found]
    assert scores == sorted(built.score(QUESTION, TEXTS), reverse=True)


def test_the_fused_weight_is_the_configured_one_else_the_models_own(
    cross_encoder: Path, built: Reranker, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(cross_encoder, folder)
    model = folders.resolve(str(folder), Config().models_cache)
    assert built.fused_weight == 50.0
    assert own_fused_weight(model) == 0.0
    settings = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(settings | {"fused_weight": 2.5}), "utf-8")
    assert own_fused_weight(model) == 2.5
    (folder / "calibration.json").write_text('{"fused_weight": 4.0}', "utf-8")
    assert build_reranker(configured(folder)).fused_weight == 4.0
    assert _fused_weight(RerankerOptions(fused_weight=0.0), model) == 0.0
    (folder / "calibration.json").write_text('{"fused_weight": -1}', "utf-8")
    with pytest.raises(ModelError, match="fused_weight -1"):
        own_fused_weight(model)
    with pytest.raises(ConfigError, match="fused_weight"):
        build_reranker(configured(folder, options={"fused_weight": -1}))


def test_the_trace_says_what_the_order_is_made_of(sample_chatbot: Chatbot) -> None:
    found = sample_chatbot.search("What are the core hours?")
    look = found.second_look
    assert look.fused_weight == sample_chatbot.reranker.fused_weight > 0
    assert (look.scored, look.of, look.is_partial) == (20, 20, False)
    for c in found.candidates:
        assert c.scores.rerank is not None
        assert c.scores.combined == c.scores.rerank + look.fused_weight * (c.scores.fused or 0)
    combined = [c.scores.combined or 0 for c in found.candidates]
    assert combined == sorted(combined, reverse=True)


def test_a_partial_second_look_is_said_to_be_one(
    sample_chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = sample_chatbot.config.with_(reranker={"budget_ms": 0.001, "cached_scores": 0})
    chatbot = Chatbot(config, sample_chatbot.store, sample_chatbot.embedding)
    monkeypatch.setattr(Searching, "token_vectors", lambda *_: {})  # an index without token vectors
    found = chatbot.search("What are the core hours?")
    look = found.second_look
    assert look.is_partial
    assert 1 <= look.scored < look.of == 20
    unscored = found.candidates[look.scored :]
    assert all(c.reranked_rank is c.scores.rerank is c.scores.combined is None for c in unscored)
    assert [c.fused_rank for c in unscored] == list(range(look.scored + 1, 21))
    assert found.gate.probability is not None
    assert found.kept
