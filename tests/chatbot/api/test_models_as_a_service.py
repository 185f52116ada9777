"""``/v1/embeddings`` and the forms of ``/rerank``: the small models of this program for other programs."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from starlette.testclient import TestClient

QUERY = "How often is the filter changed?"
DOCUMENTS = ["The house is green.", "The filter is changed every 90 days.", "Cats sleep a lot."]


def _embedded(client: TestClient, **asked: object) -> dict:
    answer = client.post("/v1/embeddings", json={"model": "any", **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_vectors_have_length_one_and_stand_in_the_order_of_the_texts(client: TestClient) -> None:
    answer = _embedded(client, input=DOCUMENTS)
    assert [row["index"] for row in answer["data"]] == [0, 1, 2]
    vectors = np.array([row["embedding"] for row in answer["data"]])
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert answer["usage"]["prompt_tokens"] > 0


def test_base64_holds_the_same_numbers(client: TestClient) -> None:
    plain = _embedded(client, input=QUERY)["data"][0]["embedding"]
    packed = _embedded(client, input=QUERY, encoding_format="base64")["data"][0]["embedding"]
    assert np.allclose(np.frombuffer(base64.b64decode(packed), "<f4"), plain, atol=1e-6)


def test_fewer_dimensions_are_the_first_ones_at_length_one(client: TestClient) -> None:
    whole = np.array(_embedded(client, input=QUERY)["data"][0]["embedding"])
    some = np.array(_embedded(client, input=QUERY, dimensions=64)["data"][0]["embedding"])
    assert np.allclose(some, whole[:64] / np.linalg.norm(whole[:64]), atol=1e-5)
    refused = client.post("/v1/embeddings", json={"input": QUERY, "dimensions": 5000})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "dimensions")


def test_questions_and_passages_are_embedded_as_the_model_was_trained(client: TestClient) -> None:
    as_query = np.array(_embedded(client, input=QUERY, input_type="query")["data"][0]["embedding"])
    as_text = np.array(_embedded(client, input=QUERY)["data"][0]["embedding"])
    assert not np.allclose(as_query, as_text, atol=1e-3)


@pytest.mark.parametrize("wrong", [{"input": []}, {"input": ""}, {"input": [""]}, {}, {"input": 3}, {"input": ["a"] * 2049},
                                   {"input": "a" * 1_000_001}])  # fmt: skip
def test_what_cannot_be_embedded_is_refused(client: TestClient, wrong: dict) -> None:
    answer = client.post("/v1/embeddings", json=wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/v1/rerank", "/v2/rerank"])
def test_the_document_that_answers_comes_first_with_a_probability(client: TestClient, path: str) -> None:
    answer = client.post(path, json={"model": "any", "query": QUERY, "documents": DOCUMENTS}).json()
    results = answer["results"]
    assert results[0]["index"] == 1
    scores = [row["relevance_score"] for row in results]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert scores[0] > 0.5 > scores[1]
    assert answer["meta"]["calibrated"] is True
    assert "document" not in results[0]


def test_a_score_depends_on_no_other_document(client: TestClient) -> None:
    together = client.post("/v1/rerank", json={"query": QUERY, "documents": DOCUMENTS}).json()["results"][0]
    alone = client.post("/v1/rerank", json={"query": QUERY, "documents": [DOCUMENTS[1]]}).json()["results"][0]
    assert alone["relevance_score"] == pytest.approx(together["relevance_score"], abs=1e-3)


def test_as_many_as_are_wanted_with_their_texts_where_that_is_wanted(client: TestClient) -> None:
    asked = {
        "query": QUERY,
        "documents": [{"text": d} for d in DOCUMENTS],
        "top_n": 1,
        "return_documents": True,
    }
    results = client.post("/v1/rerank", json=asked).json()["results"]
    assert [row["document"]["text"] for row in results] == [DOCUMENTS[1]]


def test_text_embeddings_inference_is_spoken(client: TestClient) -> None:
    rows = client.post("/rerank", json={"query": QUERY, "texts": DOCUMENTS, "return_text": True}).json()
    assert rows[0]["text"] == DOCUMENTS[1]
    assert rows[0]["score"] > 0.5
    raw = client.post("/rerank", json={"query": QUERY, "texts": DOCUMENTS, "raw_scores": True}).json()
    assert raw[0]["index"] == 1
    assert raw[0]["score"] > 1


@pytest.mark.parametrize("wrong", [{"query": QUERY}, {"query": "", "documents": ["a"]}, {"query": " ", "documents": ["a"]},
                                   {"query": QUERY, "documents": []}, {"query": QUERY, "documents": ["a"] * 1001},
                                   {"query": QUERY, "documents": ["a"], "top_n": 0}])  # fmt: skip
def test_what_cannot_be_ranked_is_refused(client: TestClient, wrong: dict) -> None:
    assert client.post("/v1/rerank", json=wrong).status_code == 400


def test_an_empty_document_is_the_least_likely_one(client: TestClient) -> None:
    results = client.post("/v1/rerank", json={"query": QUERY, "documents": ["", DOCUMENTS[1]]}).json()[
        "results"
    ]
    assert [row["index"] for row in results] == [1, 0]
