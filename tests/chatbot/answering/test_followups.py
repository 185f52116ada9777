from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatbot import Chatbot
from chatbot.answering.followups import (
    answered,
    joined,
    leans_on_history,
    leans_on_refusal,
    may_lean_on_history,
    own_words,
    queries,
    stand_alone,
)
from chatbot.config import LLMConfig
from chatbot.conversations.record import documents_of_turn
from chatbot.llms import build_writer
from chatbot.trace import Timings, Turn

HISTORY = [Turn("Word2Vec 에 대해서 알려줄래?", "Word2Vec은 낱말을 벡터로 바꾸는 모델입니다. [1]")]
ENGLISH = [Turn("What is Word2Vec?", "A model that turns words into vectors. [1]")]


@pytest.mark.parametrize(
    "question",
    ["예시는?", "그럼 단점은 무엇인가요?", "거기서 일하는 사람은 몇 명이야?", "누가 만들었어?", "Why is it fast?",
     "And for remote workers?", "How much does that cost a year?", "Are they included in the price?"],
)  # fmt: skip
def test_a_question_that_points_back_leans_on_the_history(question: str) -> None:
    assert leans_on_history(question)


@pytest.mark.parametrize(
    "question",
    ["배터리가 충전되지 않을 때는 어떻게 하나요?", "필터는 얼마나 자주 교체해야 하나요?", "How many days of annual leave are there?",
     "Is there a filter for pets in the box?", "How do I clean the brush of the robot?", "FAISS는 누가 만든 라이브러리인가요?"],
)  # fmt: skip
def test_a_question_that_stands_alone_does_not(question: str) -> None:
    assert not may_lean_on_history(question)


def test_a_short_question_without_a_name_is_left_to_a_model_that_can_tell() -> None:
    assert may_lean_on_history("장점을 세 가지만 알려줘")
    assert not leans_on_history("장점을 세 가지만 알려줘")
    assert not may_lean_on_history("What is FAISS?")


def test_a_chain_of_follow_ups_keeps_what_it_is_about() -> None:
    chain = [*HISTORY, Turn("예시는?", "...")]
    assert joined("그럼 단점은?", chain) == "Word2Vec 에 대해서 알려줄래? 그럼 단점은?"


def test_a_follow_up_that_names_another_thing_takes_the_place_of_the_one_before() -> None:
    chain = [Turn("Word2Vec이 뭐야", "..."), Turn("누가 만들었어?", "..."), Turn("그럼 FastText는?", "...")]
    assert joined("단점은?", chain[:2]) == "Word2Vec이 뭐야 단점은?"
    assert joined("단점은?", chain) == "그럼 FastText는? 단점은?"
    trip = [Turn("What may a hotel cost?", "..."), Turn("And meals?", "...")]
    assert joined("And abroad?", trip) == "What may a hotel cost? And abroad?"
    assert joined("And abroad?", [*trip, Turn("okay cool", "...")]) == "What may a hotel cost? And abroad?"
    trip.append(Turn("What about the home office allowance?", "..."))
    assert joined("How often?", trip) == "What about the home office allowance? How often?"


def test_what_was_computed_is_what_a_follow_up_is_about() -> None:
    row = "보통: 가장 낮은 소음 40 dB (행 3개 가운데).\n\n기종: 여름이 · 소음: 40 dB · 무게: 2 kg [1]"
    query = joined("그 기종은 얼마나 무거워?", [Turn("소음이 가장 적은 기종은?", row)])
    assert query == "기종: 여름이 소음: 40 dB 그 기종은 얼마나 무거워?"
    assert own_words(query, [Turn("소음이 가장 적은 기종은?", row)]) == "그 기종은 얼마나 무거워?"


@pytest.mark.parametrize(
    ("question", "answer", "query"),
    [
        ("List all lamps", "lamps.csv: 2 rows.\n\nname: Sol · power: 4 W [1]\n\nname: Luna · power: 9 W [1]", "List all lamps and their makers?"),
        ("전력 합계는 얼마야?", "lamps.csv: 전력 합계 13 W (행 2개).\n\n이름: Sol · 전력: 4 W [1]\n\n이름: Luna · 전력: 9 W [1]", "전력 합계는 얼마야? 그럼 만든 곳은?"),
        ("What is the highest power?", "2 tables fit this question, and each was computed by itself.\n\nThe highest power in a.csv is 9 W (among 2 rows).\n\nname: Luna · power: 9 W [1]", "What is the highest power? and their makers?"),
        ("How many lamps are sold out?", "lamps.csv has 1 row.\n\nname: Luna · power: 9 W · stock: 0 [1]", "name: Luna power: 9 W and their makers?"),
        ("Lowest power of all lamps?", "The lowest power in lamps.csv is 4 W (among 3 rows).\n\nname: Sol · power: 4 W [1]\n\nname: Moon · power: 4 W [1]", "name: Sol power: 4 W and their makers?"),
    ],
)  # fmt: skip
def test_a_row_is_what_a_follow_up_is_about_only_where_it_was_the_one(
    question: str, answer: str, query: str
) -> None:
    follow_up = "그럼 만든 곳은?" if "그럼" in query else "and their makers?"
    assert joined(follow_up, [Turn(question, answer)]) == query


def test_a_word_of_its_own_is_tried_alone_and_a_property_is_not() -> None:
    writer = build_writer(LLMConfig(backend="extractive"))
    history = [Turn("How long is parental leave?", "20 weeks [1]")]
    assert next(queries(writer, "overtime", history, Timings())) == "overtime"
    assert list(queries(writer, "Will it rain tomorrow?", history, Timings())) == ["Will it rain tomorrow?"]
    assert list(queries(writer, "The exceptions?", history, Timings())) == [
        "How long is parental leave? The exceptions?"
    ]


@pytest.mark.parametrize(
    ("before", "question", "alone", "words"),
    [
        ("How long is parental leave?", "And how much is sick pay?", "how much is sick pay?", "full salary"),
        ("What is BM25?", "And who made FAISS?", "who made FAISS?", "메타"),
        (
            "와이파이는 어떤 주파수를 써?",
            "그런데 어린이 잠금은 어떻게 켜?",
            "어린이 잠금은 어떻게 켜?",
            "두 버튼",
        ),
    ],
)
def test_a_whole_question_behind_an_and_is_understood_alone_where_that_is_clearly_answered(
    before: str, question: str, alone: str, words: str, sample_chatbot: Chatbot
) -> None:
    first = sample_chatbot.ask(before)
    turn = Turn(before, first.text, documents_of_turn(first))
    answer = sample_chatbot.ask(question, [turn])
    assert answer.query == alone
    assert words in answer.text.split("\n\n")[0]
    elsewhere = replace(turn, documents=("data/another.pdf",))  # whose subject it may be about
    assert sample_chatbot.ask(question, [elsewhere]).query == f"{before} {question}"


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("What is the limit for a hotel?", "And what is the limit in capital cities?"),
        ("What is HNSW?", "And what are the drawbacks for memory?"),
        ("How many days may I work from abroad?", "And who has to approve the country?"),
        ("강력 모드는 소음이 얼마야?", "그럼 사용 시간은 몇 분이야?"),
        ("필터는 얼마나 자주 갈아야 해?", "그리고 물로 씻어도 되나요?"),
        ("What is the limit for a hotel?", "And for meals?"),
    ],
)
def test_one_that_is_not_clearly_answered_alone_leans_on_what_was_asked(
    before: str, question: str, sample_chatbot: Chatbot
) -> None:
    first = sample_chatbot.ask(before)
    turn = Turn(before, first.text, documents_of_turn(first))
    assert sample_chatbot.ask(question, [turn]).query == f"{before} {question}"


@pytest.mark.parametrize(
    "said",
    [
        "The documents do not answer this question.",
        "문서에서 이 질문의 답을 찾지 못했습니다.",
        "The documents do not contain the answer.",  # a language model that has read the passages
    ],
)
def test_a_follow_up_means_the_question_that_was_refused(said: str) -> None:
    writer = build_writer(LLMConfig(backend="extractive"))
    history = [*ENGLISH, Turn("Who won the world cup?", said)]
    assert list(queries(writer, "By when?", history, Timings())) == ["Who won the world cup? By when?"]
    (query,) = queries(writer, "And how long?", history, Timings())
    assert query == "Who won the world cup? And how long?"
    assert leans_on_refusal(query, "And how long?", history)
    named = list(queries(writer, "And the trial period?", history, Timings()))
    assert named == ["the trial period?", "Who won the world cup? And the trial period?"]
    assert [leans_on_refusal(each, "And the trial period?", history) for each in named] == [False, True]
    assert answered(history) == tuple(ENGLISH)
    assert not leans_on_refusal("What is Word2Vec? And how long?", "And how long?", ENGLISH)


@pytest.mark.parametrize(
    ("rewritten", "question", "history"),
    [
        ("Word2Vec의 예시는 무엇인가요?", "예시는?", HISTORY),
        ("Why is Word2Vec fast?", "Why is it fast?", ENGLISH),
    ],
)
def test_a_good_rewriting_is_used(rewritten: str, question: str, history: list[Turn]) -> None:
    assert stand_alone(rewritten, question, history) == rewritten


@pytest.mark.parametrize(
    "rewritten",
    [
        "",
        "Word2Vec 에 대해서 알려줄래?",  # what was asked before
        "Word2Vec의 예시를 알려드리겠습니다. Word2Vec은 낱말을 벡터로 바꿉니다. 그 예시는 다음과 같습니다.",
        "Word2Vec의 예시는 [1]에 있나요?",
        "**Word2Vec**의 예시는?",
        "What are examples of Word2Vec?",  # another language
        "오늘 날씨는 어떤가요?",  # about something else
        "Word2Vec의 예시는 " + "아주 " * 120 + "무엇인가요?",
    ],
)
def test_a_rewriting_that_rambles_gives_way_to_the_question_with_the_one_before(rewritten: str) -> None:
    assert stand_alone(rewritten, "예시는?", HISTORY) == "Word2Vec 에 대해서 알려줄래? 예시는?"


def test_a_model_is_not_asked_to_rewrite_what_stands_alone(fake_llm: Any) -> None:
    writer = build_writer(LLMConfig(backend="openai-like", options={"api_base": fake_llm.url}))
    question = "배터리가 충전되지 않을 때는 어떻게 하나요?"
    assert writer.condense(question, HISTORY) == question
    assert fake_llm.requests == []
    fake_llm.reply = "Sure! Here is the rewritten question: it is about words. And vectors too. " * 20
    assert writer.condense("예시는?", HISTORY) == "Word2Vec 에 대해서 알려줄래? 예시는?"


@pytest.mark.parametrize(
    ("history", "question"),
    [(ENGLISH, "shorter"), (ENGLISH, "in Korean please"), (HISTORY, "더 짧게"), (HISTORY, "한 문장으로")],
)
def test_what_only_says_how_is_searched_as_the_question_before(history: list[Turn], question: str) -> None:
    writer = build_writer(LLMConfig())
    (query,) = queries(writer, question, history, Timings())
    assert query == f"{history[0].question.rstrip('?')}. {question}"
    assert own_words(query, history) == ""
    assert list(queries(writer, question, [], Timings())) == [question]
