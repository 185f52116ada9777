"""What only says the language is taken out of a question's vectors, and of nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chatbot.config import Config
from chatbot.models import language_direction
from chatbot.models.language_direction import turned
from chatbot.reranking.late_interaction import QUESTION, SCALES, token_vectors
from chatbot.reranking.network import loaded_alone
from chatbot.retrieval.embeddings import build_embedding, embed_query, question_vector
from fakes.ngram_embedding import NgramEmbedding


@pytest.fixture(scope="module")
def model() -> Any:
    return build_embedding(Config())


SAME = [
    ("How many days a week may I work from home?", "일주일에 며칠까지 재택근무를 할 수 있나요?"),
    ("Who pays for travel to a client?", "고객을 방문하는 출장비는 누가 부담하나요?"),
    ("How do I clean the filter of the robot vacuum?", "로봇 청소기의 필터는 어떻게 청소하나요?"),
]


def test_directions_are_of_the_models_size_and_of_length_one() -> None:
    embedding, tokens = language_direction.of_embeddings(), language_direction.of_token_vectors()
    assert (embedding.shape, tokens.shape) == ((384,), (len(SCALES), 384))
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-3)
    assert np.linalg.norm(tokens, axis=1) == pytest.approx([1, 1], abs=1e-3)


def test_a_question_and_its_translation_come_nearer(model: Any) -> None:
    for english, korean in SAME:
        as_given = embed_query(model, english) @ embed_query(model, korean)
        searched = question_vector(model, english) @ question_vector(model, korean)
        assert searched > as_given


@pytest.mark.parametrize("question", [text for pair in SAME for text in pair])
def test_what_passages_are_searched_with_has_less_of_it(question: str, model: Any) -> None:
    direction = language_direction.of_embeddings()
    vector = question_vector(model, question)
    assert abs(vector @ direction) < 0.3 * abs(embed_query(model, question) @ direction)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_other_models_are_asked_as_they_are() -> None:
    other = NgramEmbedding()
    assert (question_vector(other, "Who pays?") == embed_query(other, "Who pays?")).all()


def test_of_token_vectors_a_share_is_taken_from_each_layer() -> None:
    (read,) = token_vectors(loaded_alone(Config()), [QUESTION + SAME[0][1]])
    vectors, directions = read.float().numpy(), language_direction.of_token_vectors()[:, None]
    before, after = ((v * directions).sum(-1) for v in (vectors, turned(vectors, directions, 1.0)))
    assert abs(after).max() < 1e-5 < abs(before).mean()
    less = turned(vectors, directions, 0.25)
    assert np.linalg.norm(less, axis=-1) == pytest.approx(1, abs=1e-5)
    assert 0 < abs((less * directions).sum(-1)).mean() < abs(before).mean()
