"""A language model's "the documents do not say" in its usual wordings, and sentences that only look like it."""

from __future__ import annotations

import time

import pytest

from chatbot.answering import prompts
from chatbot.answering.answer import is_declined
from chatbot.text.no_answer import says_no_answer

DECLINED = [
    "The documents do not contain the answer.",
    "문서에서 답을 찾을 수 없습니다.",
    "I'm sorry, but the provided passages do not mention the capital of Portugal.",
    "There is no information about refunds in the documents.",
    "The answer is not found in the passages [1].",
    "I could not find the answer in the documents.",
    "The passages don't specify when the store closes. Please check another document.",
    "Not mentioned in the passages.",
    "The provided text contains no information on this.",
    "The information is not available in the provided context.",
    "문서에 해당 내용이 없습니다.",
    "제공된 발췌문에는 환불에 대한 정보가 포함되어 있지 않습니다 [1].",
    "죄송합니다. 발췌문에서 답을 찾지 못했습니다.",
    "문서에는 그 내용이 언급되어 있지 않습니다. 다른 문서를 확인해 주세요.",
    "발췌문에 답이 없습니다",
    "주어진 자료로는 답할 수 없습니다.",
    "해당 정보는 문서에 나와 있지 않습니다.",
]
ANSWERED = [
    "It opens at nine [1]. The passages do not say when it closes.",
    "Employees may not carry leave over [1].",
    "The warranty does not cover the filter [1].",
    "The filter is not included in the box [1].",
    "The robot cannot find its base when the light is off [1].",
    "The policy says there is no fee [1].",
    "휴가는 25일입니다 [1]. 이월에 대한 내용은 없습니다.",
    "환불은 불가능합니다 [1].",
    "보증에는 필터가 포함되지 않습니다 [1].",
    "첨부 문서가 없으면 신청할 수 없습니다 [1].",
    "수습 기간에는 연차가 없습니다 [1].",
    "개인 정보는 제3자에게 제공하지 않습니다 [1].",
    "로봇이 충전대를 찾지 못했습니다 [1].",
    "계약서 내용을 변경할 수 없습니다 [1].",
    "",
    "[1]",
]


@pytest.mark.parametrize("text", DECLINED)
def test_an_answer_that_says_only_that_there_is_none_is_known(text: str) -> None:
    assert says_no_answer(text)
    assert is_declined("openai · x", text)


@pytest.mark.parametrize("text", ANSWERED)
def test_an_answer_or_a_part_of_one_is_none_of_it(text: str) -> None:
    assert not says_no_answer(text)


@pytest.mark.parametrize("question", ["Why?", "왜?"])
def test_the_words_that_the_prompt_asks_for_are_known(question: str) -> None:
    asked_for = prompts.system(question).split('"')[1]
    assert says_no_answer(asked_for)


def test_quotes_and_calculations_decline_nothing() -> None:
    assert not any(is_declined(llm, DECLINED[0]) for llm in ("", "extractive", "calculated"))


@pytest.mark.parametrize("part", ["a ", "문서", "not ", "documents ", "정보 ", "문서에 ", "no information "])
def test_no_text_takes_long(part: str) -> None:
    start = time.process_time()
    says_no_answer((part * 400)[:400])
    says_no_answer(part * 100_000)
    assert time.process_time() - start < 1
