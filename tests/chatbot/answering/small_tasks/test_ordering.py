"""The second look of a language model: what it is sent, what of its reply counts, and what happens where nothing does."""

from __future__ import annotations

from typing import Any

import pytest

from chatbot import Chatbot
from chatbot.answering.extractive import ExtractiveWriter
from chatbot.answering.small_tasks.ordering import order_by, places_in
from chatbot.answering.writer import LanguageModel, Writer, estimate_tokens
from chatbot.config import Config, LLMConfig, LLMLimits, RerankerConfig
from chatbot.errors import ConfigError, LLMError
from chatbot.llms import build_writer
from chatbot.rendering.ranking import legend, second_look_by
from chatbot.rendering.words import Say
from chatbot.reranking import RERANKERS
from chatbot.trace import Candidate, SecondLook

QUESTION = "필터는 얼마나 자주 교체해야 하나요?"


def writer_for(server: Any, **settings: Any) -> Writer:
    return build_writer(
        LLMConfig(backend="openai-like", model="small", options={"api_base": server.url}, **settings)
    )


def candidates(count: int, text: str = "Filters are changed twice a year. ") -> list[Candidate]:
    return [
        Candidate(i, "data/manual.md", f"{i}: {text}", (0, 10), rank=i, fused_rank=i)
        for i in range(1, count + 1)
    ]


def prompts_of(server: Any) -> list[str]:
    return [request["body"]["messages"][-1]["content"] for request in server.requests]


@pytest.fixture(scope="session")
def by_model(sample_chatbot: Chatbot) -> Chatbot:
    """The sample documents, with the language model as the second look and for nothing else before the answer."""
    config = sample_chatbot.config.with_(reranker={"backend": "llm"}, retrieval={"both_languages": False})
    return Chatbot(config, sample_chatbot.store, sample_chatbot.embedding)


@pytest.mark.parametrize(
    ("reply", "places"),
    [
        ("3, 1, 2", (2, 0, 1)),
        ("[3] > [1] > [2]", (2, 0, 1)),
        ("3,3,1,3,1,2", (2, 0, 1)),
        ("9, 0, 2, 17, 1", (1, 0)),
        ("Order: 2", (1,)),
        ("1. Passage 3\n2. Passage 1\n3. Passage 2", (2, 0, 1)),
        ("3.\n1.\n2.", (2, 0, 1)),
        ("발췌문 2번, 발췌문 3번, 발췌문 1번", (1, 2, 0)),
        ("I cannot help with that.", ()),
        ("The filter should be changed every 2 months, as passage 1 says in its table.", ()),
        ("필터는 2개월마다 교체하고 브러시는 3개월마다 교체해야 한다고 설명서에 적혀 있습니다.", ()),
        ("", ()),
        ("!!!??,,,", ()),
        ("4, 5, 6", ()),
    ],
)
def test_of_a_reply_only_the_numbers_that_exist_count_and_each_once(
    reply: str, places: tuple[int, ...]
) -> None:
    assert places_in(reply, 3) == places


def test_the_model_sees_the_question_and_the_first_candidates_shortened_and_without_orders(
    fake_llm: Any,
) -> None:
    fake_llm.reply = "2, 1"
    found = candidates(15, "Filters <|im_end|> are changed. " * 60)
    order = order_by(writer_for(fake_llm), 4, 40).order("How often?", found, None)
    (text,) = prompts_of(fake_llm)
    assert order.places == (1, 0)
    assert [f"[{n}] <passage" in text for n in (1, 4, 5)] == [True, True, False]
    assert "<|im_end|>" not in text
    assert text.count("…\n</passage>") == 4
    assert "Question: How often?\nNumbers of all 4 passages, the best first:" in text


def test_passages_are_shortened_further_and_then_left_out_where_the_window_is_small(fake_llm: Any) -> None:
    fake_llm.reply = "1"
    writer = writer_for(fake_llm, context_window=700, max_tokens=16)
    assert isinstance(writer, LanguageModel)
    order_by(writer, 20, 1000).order("How often?", candidates(20, "word " * 800), None)
    rules, asked = fake_llm.requests[-1]["body"]["messages"]
    assert estimate_tokens(rules["content"]) + estimate_tokens(asked["content"]) <= writer.room
    with pytest.raises(LLMError, match=r"llm\.context_window"):
        order_by(writer, 20, 1000).order("why? " * 600, candidates(20), None)


def test_candidates_come_in_the_models_order_and_those_it_left_out_behind_in_the_fused_one(
    by_model: Chatbot, fake_llm: Any
) -> None:
    fake_llm.reply = "4, 2, 2, 99"
    found = by_model.ask(QUESTION, writer=writer_for(fake_llm))
    assert [c.fused_rank for c in found.candidates] == [4, 2, 1, 3, *range(5, 21)]
    assert [c.reranked_rank for c in found.candidates[:4]] == [1, 2, None, None]
    assert [c.scores.rerank for c in found.candidates] == [None] * 20
    look = found.second_look
    assert (look.outcome, look.model, look.scored, look.of) == ("applied", "openai-like · small", 2, 20)
    assert look.listwise
    assert not look.is_partial
    assert look.spent_ms > 0
    assert len(fake_llm.requests) == 1


def test_no_probability_is_made_up_and_nothing_is_refused_or_checked_without_one(
    by_model: Chatbot, fake_llm: Any
) -> None:
    fake_llm.reply = "1, 2, 3"
    found = by_model.ask(QUESTION, writer=writer_for(fake_llm))
    assert (found.gate.refused, found.gate.probability) == (False, None)
    assert found.gate.reason == "these models have no calibration"
    assert {c.scores.probability for c in found.candidates} == {None}
    assert {s.score for source in found.sources for s in source.sentences} == {None}
    assert all(source.highlights for source in found.sources)
    assert not by_model.can_check
    assert by_model.check(found) == ()
    by_model.warm_up()


@pytest.mark.parametrize(
    ("fault", "reply", "said"),
    [
        (None, "I am sorry, but I cannot sort these.", "but said: I am sorry, but I cannot sort these."),
        (None, "asdf qwer zxcv", "but said: asdf qwer zxcv"),
        (429, "1", "429"),
        ("hang", "1", "sent no first token within 0.3 s"),
        ("close at once", "1", "openai-like"),
        ("empty", "1", "answered with nothing"),
    ],
)
def test_where_it_gives_no_order_the_fused_one_stays_and_the_reason_is_shown(
    by_model: Chatbot, fake_llm: Any, fault: Any, reply: str, said: str
) -> None:
    fake_llm.reply, fake_llm.fault = reply, fault
    writer = writer_for(fake_llm, limits=LLMLimits(first_token_s=0.3))
    found = by_model.ask(QUESTION, writer=writer)
    assert [c.fused_rank for c in found.candidates] == list(range(1, 21))
    assert (found.second_look.outcome, found.second_look.model) == ("failed", "openai-like · small")
    assert said in found.second_look.failure
    assert len(fake_llm.requests) == 1  # never tried again: the answer is another request


def test_the_time_for_the_second_look_holds_for_a_model_too(by_model: Chatbot, fake_llm: Any) -> None:
    fake_llm.fault = "hang"
    found = by_model.ask(QUESTION, writer=writer_for(fake_llm), budget_ms=200)
    assert found.second_look.outcome == "failed"
    assert found.second_look.spent_ms == 0


def test_without_a_language_model_the_fused_order_stays_and_says_why(by_model: Chatbot) -> None:
    found = by_model.ask(QUESTION, writer=ExtractiveWriter())
    assert found.second_look.outcome == "failed"
    assert "extractive is none" in found.second_look.failure
    assert found.text


def test_the_same_candidates_are_looked_at_again_by_the_model_that_is_chosen_now(
    by_model: Chatbot, fake_llm: Any
) -> None:
    fake_llm.reply = "3, 1"
    plain = by_model.ask(QUESTION, writer=writer_for(fake_llm), rerank=False)
    assert fake_llm.requests == []
    again = by_model.with_second_look(plain, writer_for(fake_llm))
    assert [c.fused_rank for c in again.candidates[:3]] == [3, 1, 2]


def test_the_backend_is_known_takes_no_model_and_gives_no_scores() -> None:
    assert "llm" in RERANKERS
    assert Config().with_(reranker={"backend": "llm"}).reranker.model == "language-model"
    assert RerankerConfig(model="language-model").model == "late-interaction"
    with pytest.raises(ConfigError, match="takes no model"):
        Config().with_(reranker={"backend": "llm", "model": "BAAI/bge-reranker-v2-m3"})
    with pytest.raises(ConfigError, match="gives no scores"):
        RERANKERS.get("llm")(Config().with_(reranker={"backend": "llm"}))


def test_model_time_and_tokens_are_said_where_the_rerankers_name_is() -> None:
    look = SecondLook(
        "openai · x", "applied", scored=10, of=20, spent_ms=2412.0,
        listwise=True, tokens_sent=1800, tokens_received=31,
    )  # fmt: skip
    assert second_look_by(look, Say("en")) == (
        "Second look by openai · x · 10 of 20 candidates put in order in 2.4 s; the rest follow in the retrieval order"
        " · 1,800 tokens in · 31 tokens out (as the model counted)"
    )
    assert "순서를 2.4 s에 정함" in second_look_by(look, Say("ko"))
    assert "no logits and no probabilities" in legend(look, Say("en"))


def test_no_model_is_asked_for_questions_that_nobody_asked(sample_chatbot: Chatbot, fake_llm: Any) -> None:
    llm = {"backend": "openai-like", "model": "small", "options": {"api_base": fake_llm.url}}
    config = sample_chatbot.config.with_(reranker={"backend": "llm"}, llm=llm)
    chatbot = Chatbot(config, sample_chatbot.store, sample_chatbot.embedding)
    assert len(chatbot.suggestions("en")) == 3
    assert fake_llm.requests == []
    fake_llm.reply = "2, 1"
    assert chatbot.search(QUESTION).second_look.listwise  # the configured model, where no writer is given
    assert len(fake_llm.requests) == 1
