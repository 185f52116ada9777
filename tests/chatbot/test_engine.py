"""The whole flow over the sample documents, with the real models."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.answering.writer import Evidence
from chatbot.engine.models import Models
from chatbot.errors import ChatbotError, ConfigError, LLMError, StoreError, StoreMissing
from chatbot.trace import Turn

QUESTION = "Word2Vec 에 대해서 알려줄래?"
GLOSSARY = "data/ai-glossary-ko.txt"


class Recorder:
    """A writer that says what it is told and remembers what it was asked."""

    label, remote = "recorder", False

    def __init__(self, *pieces: str) -> None:
        self.pieces, self.evidence = pieces, []

    def write(self, evidence: Evidence) -> Iterator[str]:
        self.evidence.append(evidence)
        yield from self.pieces

    def condense(self, question: str, history: object) -> str:
        return f"condensed {question}"


def test_the_tutorials_question_is_answered_from_the_glossary(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask(QUESTION)
    first = answer.sources[0]
    assert first.document == GLOSSARY
    assert first.text.startswith("Word2Vec\n")
    assert "Word2Vec" in answer.text
    assert answer.citations[0] == 1
    assert not answer.refused


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Word2Vec 에 대해서 알려줄래?", "낱말을 벡터로 바꾸는"),
        ("필터는 얼마나 자주 교체해야 하나요?", "교체 주기: 6개월"),
        ("크로스 인코더와 바이 인코더의 차이는?", "바이 인코더보다 정확한 경우가 많지만"),
        ("How many days a week may I work from home?", "up to three days a week"),
        ("What is a cross-encoder?", "reads the question and one passage together"),
        ("How do I choose k and top_n?", "sweep both"),
    ],
)
def test_every_suggested_question_is_answered_with_the_right_fact(
    question: str, fact: str, sample_chatbot: Chatbot
) -> None:
    assert fact in sample_chatbot.ask(question).text


def test_sources_are_in_the_reranked_order_not_the_retrieved_one(sample_chatbot: Chatbot) -> None:
    candidates = sample_chatbot.ask(QUESTION).candidates
    combined = [c.scores.combined for c in candidates]
    assert combined == sorted(combined, reverse=True)  # type: ignore[type-var]
    assert [c.reranked_rank for c in candidates] == [c.rank for c in candidates] == list(range(1, 21))
    assert sorted(c.fused_rank or 0 for c in candidates) == list(range(1, 21))
    assert any(c.moved for c in candidates)


def test_every_candidate_carries_its_scores_and_exact_place(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask(QUESTION)
    with sample_chatbot.store.reading() as view:
        for c in answer.candidates:
            assert view.document_text(c.document)[slice(*c.span)] == c.text
            assert None not in (c.scores.dense, c.scores.fused, c.scores.rerank)
            assert c.dense_rank or c.lexical_rank
    assert [c.kept for c in answer.candidates] == [True] * 3 + [False] * 17


def test_only_kept_candidates_that_are_cited_count_as_cited(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask(QUESTION, writer=Recorder("one [2], forged [9]"))
    assert answer.text == "one [2], forged"
    assert [c.rank for c in answer.candidates if c.cited] == [2]


def test_an_answer_can_be_streamed_waited_for_and_read_again(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask(QUESTION, writer=Recorder("a", "b [1]"))
    assert answer.received == ""
    stream = iter(answer)
    assert next(stream) == "a"
    assert answer.received == "a"
    assert "total" not in answer.timings
    assert answer.text == "ab [1]"
    assert "".join(answer) == "ab [1]"
    assert answer.timings["total"] >= answer.timings["first_token"] > 0


def test_an_error_in_mid_stream_keeps_what_was_received(sample_chatbot: Chatbot) -> None:
    class Dying(Recorder):
        def write(self, evidence: Evidence) -> Iterator[str]:
            yield "half an "
            yield "answer"
            raise LLMError("the model went away; try again")

    answer = sample_chatbot.ask(QUESTION, writer=Dying())
    with pytest.raises(LLMError, match="went away"):
        _ = answer.text
    assert answer.received.startswith("half an")


def test_a_closed_answer_stops_its_writer_and_keeps_what_was_received(sample_chatbot: Chatbot) -> None:
    ended = []

    class Endless(Recorder):
        def write(self, evidence: Evidence) -> Iterator[str]:
            try:
                while True:
                    yield "more "
            finally:
                ended.append(True)

    answer = sample_chatbot.ask(QUESTION, writer=Endless())
    assert next(iter(answer))
    answer.close()
    assert ended == [True]
    assert answer.text == answer.received != ""


def test_the_timings_name_every_stage(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask(QUESTION)
    assert answer.text
    stages = [
        "condense",
        "embed",
        "dense",
        "lexical",
        "fuse",
        "rerank",
        "gate",
        "highlight",
        "first_token",
        "total",
    ]
    assert list(answer.timings) == stages


def test_without_the_second_look_the_retrieval_order_stays_and_says_so(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask(QUESTION, rerank=False)
    assert [c.fused_rank for c in answer.candidates] == list(range(1, 21))
    assert all(
        c.reranked_rank is None and c.scores.rerank is None and c.moved == 0 for c in answer.candidates
    )
    assert (answer.second_look.applied, answer.second_look.outcome) == (False, "off")
    assert answer.text


def test_a_failing_reranker_is_shown_not_papered_over(sample_chatbot: Chatbot) -> None:
    class Broken:
        compares_kept = False

        def look(self, *_: object) -> object:
            raise RuntimeError("out of memory")

    config = sample_chatbot.config
    models = Models(config, sample_chatbot.embedding, Broken())  # type: ignore[arg-type]
    broken = Chatbot(config, sample_chatbot.store, models=models)
    answer = broken.ask(QUESTION)
    assert (answer.second_look.outcome, answer.second_look.failure) == ("failed", "out of memory")
    assert [c.fused_rank for c in answer.candidates] == list(range(1, 21))


def test_k_and_top_n_can_be_chosen_for_one_question(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask(QUESTION, k=5, top_n=1)
    assert (len(answer.candidates), len(answer.sources)) == (5, 1)


def test_a_filter_keeps_everything_else_out(sample_chatbot: Chatbot) -> None:
    found = sample_chatbot.search(QUESTION, ["employee-handbook.pdf"])
    assert {c.document for c in found.candidates} == {"data/employee-handbook.pdf"}
    with pytest.raises(StoreError, match=r"nowhere\.txt"):
        sample_chatbot.search(QUESTION, ["nowhere.txt"])


def test_a_filter_may_be_one_document_or_the_path_it_was_read_from(
    sample_chatbot: Chatbot, samples: Path
) -> None:
    for wanted in ("data/price-list.csv", [str(samples / "price-list.csv")]):
        found = sample_chatbot.search("cold brew", wanted)
        assert {c.document for c in found.candidates} == {"data/price-list.csv"}


def test_a_bi_encoder_is_not_taken_for_a_reranker(sample_chatbot: Chatbot) -> None:
    config = sample_chatbot.config.with_(reranker={"model": "package:multilingual-e5-small"})
    answer = Chatbot(config, sample_chatbot.store, sample_chatbot.embedding).ask(QUESTION)
    assert "is no cross-encoder" in answer.second_look.failure
    assert not answer.second_look.applied


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"embedding": {"backend": "foo"}}, "unknown embedding backend 'foo'"),
        ({"embedding": {"options": {"max_length": "abc"}}}, r"embedding\.options: max_length"),
        ({"llm": {"model": "gpt"}}, "takes no model"),
    ],
)
def test_a_wrong_backend_or_option_is_said_to_be_one(
    sample_chatbot: Chatbot, section: dict[str, dict[str, object]], message: str
) -> None:
    from chatbot import load_chatbot

    with pytest.raises(ConfigError, match=message):
        load_chatbot(sample_chatbot.config.with_(**section)).ask(QUESTION)


def test_a_follow_up_is_searched_as_condensed_and_shown_as_asked(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("예시는?", [Turn(QUESTION, "...")], writer=Recorder("x"))
    assert (answer.question, answer.query) == ("예시는?", "condensed 예시는?")
    assert sample_chatbot.ask("예시는?", writer=Recorder("x")).query == "예시는?"


def test_a_follow_up_is_answered_with_what_was_not_said_yet(sample_chatbot: Chatbot) -> None:
    first = sample_chatbot.ask(QUESTION)
    second = sample_chatbot.ask("예시는?", [Turn(QUESTION, first.text)])
    assert second.text.startswith("예시:")
    assert set(first.text.split("\n\n")).isdisjoint(second.text.split("\n\n"))


def test_an_empty_question_is_refused_with_a_sentence(sample_chatbot: Chatbot) -> None:
    with pytest.raises(ChatbotError, match="empty"):
        sample_chatbot.ask("  \n")


def test_what_the_documents_do_not_answer_is_refused_before_any_llm_call(sample_chatbot: Chatbot) -> None:
    strict = sample_chatbot.config.with_(answer={"refuse_below": 1.0})
    chatbot = Chatbot(strict, sample_chatbot.store, sample_chatbot.embedding)
    writer = Recorder("should not be asked")
    for question, words in ((QUESTION, "찾지 못했습니다"), ("What is FAISS?", "do not answer")):
        answer = chatbot.ask(question, writer=writer)
        assert answer.refused
        assert words in answer.text
        assert answer.sources == ()
        assert len(answer.candidates) == 20
        assert not any(c.kept or c.cited for c in answer.candidates)
    assert writer.evidence == []


def test_threads_share_one_chatbot(sample_chatbot: Chatbot) -> None:
    expected = {q: sample_chatbot.ask(q).text for q in (QUESTION, "How many days of annual leave are there?")}
    wrong: list[str] = []

    def ask(question: str) -> None:
        for _ in range(3):
            if sample_chatbot.ask(question).text != expected[question]:
                wrong.append(question)

    threads = [threading.Thread(target=ask, args=(q,)) for q in [*expected, *expected]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_without_an_index_the_message_says_what_to_run(sample_chatbot: Chatbot, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from chatbot import load_chatbot

    with pytest.raises(StoreMissing, match="secondlook ingest"):
        load_chatbot(sample_chatbot.config.with_(store=tmp_path / "none"))


def test_the_retriever_and_the_postprocessor_drop_into_llama_index(sample_chatbot: Chatbot) -> None:
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import RetrieverQueryEngine
    from llama_index.core.response_synthesizers import get_response_synthesizer

    engine = RetrieverQueryEngine(
        retriever=sample_chatbot.as_retriever(k=10),
        node_postprocessors=[sample_chatbot.reranker.keeping(2)],
        response_synthesizer=get_response_synthesizer(llm=MockLLM(max_tokens=5)),
    )
    nodes = engine.query(QUESTION).source_nodes
    assert len(nodes) == 2
    assert nodes[0].metadata["document"] == GLOSSARY
    assert nodes[0].text.startswith("Word2Vec\n")
    assert nodes[0].score > nodes[1].score


def test_the_query_engine_answers_with_its_sources(sample_chatbot: Chatbot) -> None:
    response = sample_chatbot.as_query_engine().query(QUESTION)
    asked = sample_chatbot.ask(QUESTION)
    assert str(response) == asked.text
    assert [int(n.node_id) for n in response.source_nodes] == [s.candidate.chunk_id for s in asked.sources]
    assert response.metadata is not None
    assert (response.metadata["refused"], response.metadata["verdict"]) == (False, asked.gate.verdict)
    assert len(response.metadata["candidates"]) == len(asked.candidates)
