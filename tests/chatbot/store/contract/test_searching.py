"""What a search finds: the nearest by cosine, the best by BM25, and the same on every engine."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.store import Store
from chatbot.store.sqlite.store import SqliteStore
from chatbot.text.keywords import question_terms

PASSAGES = {
    "rules/leave.md": [
        "Annual leave is 15 days; unused leave expires.", "연차 휴가는 15일이며, 사용하지 않은 휴가는 소멸합니다.", "Leave, leave, leave.",
    ],
    "rules/travel.md": ["Taxis are refunded after 22:00.", "출장비 정산은 7일 이내에 합니다.", "The café in Zürich is closed."],
    "faq.txt": ["Who refunds a policy?", "Policies of refunding are in the handbook.", "검색엔진은 문서를 찾습니다."],
}  # fmt: skip
QUESTIONS = [
    "annual leave", "휴가 며칠", "refund policy policies", "cafe in Zurich", "검색 엔진", "taxis after 22:00", "the", "nowhere",
    "정산 기한", "leave",
]  # fmt: skip


@pytest.fixture
def filled(store: Store, tools: Any) -> Store:
    for uri, texts in PASSAGES.items():
        tools.put(store, uri, *texts)
    return store


@pytest.fixture
def reference(tmp_path: Path, tools: Any) -> Any:
    """The same passages in SQLite."""
    with closing(SqliteStore.create(tmp_path / "reference", tools.identity, tools.dimension)) as other:
        for uri, texts in PASSAGES.items():
            tools.put(other, uri, *texts)
        yield other


def _in_order(texts: list[str], scores: list[float]) -> list[tuple[float, str]]:
    """By score, and where scores are alike by text: which of them comes first is the engine's."""
    return sorted(zip([round(-score, 5) for score in scores], texts, strict=True))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "filters", [[], ["rules"], ["faq.txt", "rules/travel.md"]], ids=["all", "folder", "two"]
)
def test_both_searches_find_what_sqlite_finds_with_the_same_scores(
    filled: Store, reference: Store, tools: Any, question: str, filters: list[str]
) -> None:
    found = []
    for store in (filled, reference):
        with store.reading() as view:
            scope = view.scope(filters)
            hits = [
                view.lexical(question_terms(question), 5, scope),
                view.dense(tools.vector_of(question), 5, scope),
            ]
            rows = view.chunks(chunk for one in hits for chunk, _ in one)
            found.append(
                [_in_order([rows[c].text for c, _ in one], [score for _, score in one]) for one in hits]
            )
    for mine, theirs in zip(*found, strict=True):
        assert [text for _, text in mine] == [text for _, text in theirs]
        assert [score for score, _ in mine] == pytest.approx([score for score, _ in theirs], abs=1e-4)


def test_dense_is_the_nearest_by_cosine_and_cosines_are_exact(filled: Store, tools: Any) -> None:
    question = tools.vector_of("which is nearest?")
    exact = sorted(
        ((float(tools.vector_of(t) @ question), t) for texts in PASSAGES.values() for t in texts),
        reverse=True,
    )
    with filled.reading() as view:
        hits = view.dense(question, 4)
        rows = view.chunks(chunk for chunk, _ in hits)
        assert [rows[chunk].text for chunk, _ in hits] == [text for _, text in exact[:4]]
        assert [score for _, score in hits] == pytest.approx([score for score, _ in exact[:4]], abs=1e-6)
        assert view.cosines(question, dict(hits)) == pytest.approx(dict(hits), abs=1e-6)
        assert view.dense(question, 0) == []
        assert len(view.dense(question, 1000)) == 9


def test_bm25_of_given_chunks_is_that_of_the_search(filled: Store) -> None:
    terms = question_terms("leave policy")
    with filled.reading() as view:
        hits = dict(view.lexical(terms, 50))
        everything = [chunk.id for row in view.documents() for chunk in view.chunks_of(row.uri)]
        assert hits
        assert view.bm25(terms, everything) == pytest.approx(hits)
        assert view.bm25(terms, list(hits)[:1]) == pytest.approx(dict(list(hits.items())[:1]))
        assert view.bm25([], everything) == view.bm25(terms, []) == {}
        assert view.lexical([], 5) == view.lexical(terms, 0) == []


def test_texts_are_found_by_any_of_some_terms_and_all_of_others(filled: Store) -> None:
    with filled.reading() as view:
        assert view.texts_with(["refunds", "taxis"], 9) == [
            PASSAGES["rules/travel.md"][0], PASSAGES["faq.txt"][0], PASSAGES["faq.txt"][1],
        ]  # fmt: skip
        assert view.texts_with(["refunds"], 9, None, ["handbook"]) == [PASSAGES["faq.txt"][1]]
        assert view.texts_with(["refunds"], 9, view.scope(["rules"])) == [PASSAGES["rules/travel.md"][0]]
        assert view.texts_with([], 9) == view.texts_with(["absent"], 9) == []
        assert len(view.texts_with(["leave"], 1)) == 1


def test_a_scope_may_be_of_several_filters_and_of_chunks(filled: Store, tools: Any) -> None:
    leave, question = tools.ids(filled, "rules/leave.md"), tools.vector_of("x")
    with filled.reading() as view:
        both = view.scope(["rules"], ["leave.md", "faq.txt"])
        assert {chunk for chunk, _ in view.dense(question, 50, both)} == set(leave)
        one = view.scope([], ids=[leave[0], 999_999_999])
        assert [chunk for chunk, _ in view.dense(question, 50, one)] == [leave[0]]
        assert view.dense(question, 50, view.scope(["faq.txt"], ids=leave)) == []
        assert view.lexical(["leave"], 50, view.scope([], ids=[])) == []
        assert view.scope([]) is None


def test_passages_that_read_the_same_stand_for_each_other(store: Store, tools: Any) -> None:
    from dataclasses import replace

    from chatbot.store.records import SamePassage, hash_of

    for uri, texts in {"a": ["same", "other"], "b": ["same"], "c/d": ["same"]}.items():
        document, chunks, vectors = tools.document(uri, texts)
        with store.writing() as writer:
            writer.replace(document, [replace(c, text_hash=hash_of(c.text)) for c in chunks], vectors)
    (first, alone), (second,), (third,) = (tools.ids(store, uri) for uri in ("a", "b", "c/d"))
    with store.reading() as view:
        assert view.same_passages([third, alone]) == {third: SamePassage(first, 3), alone: SamePassage(alone)}
        assert view.same_passages([third], view.scope(["b", "c"])) == {third: SamePassage(second, 2)}
        assert view.also_in(first) == ("b", "c/d")
        assert view.also_in(first, view.scope(["c"])) == ("c/d",)
        assert view.also_in(alone) == ()


def test_what_is_around_a_chunk_and_between_two_places(filled: Store, tools: Any) -> None:
    ids = tools.ids(filled, "rules/leave.md")
    with filled.reading() as view:
        assert [chunk.id for chunk in view.chunks_around(ids[1], 1, 0)] == ids[:2]
        assert [chunk.id for chunk in view.chunks_around(ids[1], 9, 9)] == ids
        assert view.chunks_around(999_999_999, 1, 1) == []
        whole = view.document_text("rules/leave.md")
        second = view.chunks([ids[1]])[ids[1]]
        assert view.text_between("rules/leave.md", second.start, second.end) == second.text
        assert view.text_between("rules/leave.md", 5, 3) == view.text_between("nowhere", 0, 9) == ""
        assert len(whole) > 50
        assert view.embeddings_of("rules/leave.md", 2).shape == (2, tools.dimension)
        assert np.allclose(
            view.embeddings_of("rules/leave.md", 9)[1], tools.vector_of(second.text), atol=1e-7
        )
        assert view.embeddings_of("nowhere", 9).shape == (0, 0)
