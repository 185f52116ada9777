"""What a person says first to a chatbot over the sample documents, on one page: each is answered as a person expects."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from visit import Visitor

pytestmark = pytest.mark.browser

HANDBOOK, PRICES = "employee-handbook.pdf", "price-list.csv"
EVERY = (HANDBOOK, PRICES, "reranking-guide.md", "ai-glossary-ko.txt", "robot-vacuum-manual-ko.docx")


@dataclass(frozen=True)
class Expected:
    """What the answer to a sentence holds, as what it says that it was answered, and the document of its first source."""

    said: str
    holds: tuple[str, ...]
    kind: str = ""
    source: str = ""


SENTENCES = (
    Expected("hello", ("Hello",), "Answered without a search"),
    Expected("What documents do you have?", EVERY, "Answered from the list of documents"),
    Expected("어떤 문서들이 있어?", EVERY, "Answered from the list of documents"),
    Expected(
        "Summarize the employee handbook", ("38 hours", "Remote work", "Expenses"),
        f"Answered as a summary of {HANDBOOK}", HANDBOOK,
    ),
    Expected(
        "직원 핸드북을 요약해줘", ("38 hours", "Remote work", "Expenses"),
        f"Answered as a summary of {HANDBOOK}", HANDBOOK,
    ),
    Expected(
        "Which is the cheapest product in the price list?",
        ("Gel pen 0.38 mm black", "Gel pen 0.38 mm blue", "2,500"),
        f"Calculated from the rows of {PRICES}", PRICES,
    ),
    Expected("thanks!", ("You are welcome",), "Answered without a search"),
)  # fmt: skip


# the same of a person who speaks Korean: what the program says is Korean, what is quoted stays as it is written
KOREAN = (
    Expected("안녕하세요", ("안녕하세요. 문서에 대해 물어보시면",), "문서를 찾지 않고 답했습니다"),
    Expected("어떤 문서들이 있어?", ("개를 찾아볼 수 있습니다", *EVERY), "문서 목록에서 답했습니다"),
    Expected("What documents do you have?", ("documents can be searched", *EVERY), "문서 목록에서 답했습니다"),
    Expected(
        "직원 핸드북을 요약해줘", ("요약 (6쪽", "38 hours", "Remote work", "Expenses"),
        f"{HANDBOOK}의 요약으로 답했습니다", HANDBOOK,
    ),
    Expected(
        "가격표에서 가장 싼 제품은 뭐야?", ("가장 낮은 price_krw 2,500", "젤펜 0.38 mm 검정", "젤펜 0.38 mm 파랑"),
        f"{PRICES}의 행에서 계산했습니다", PRICES,
    ),
    Expected("고마워요!", ("천만에요.",), "문서를 찾지 않고 답했습니다"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "sentences"),
    [
        pytest.param("en-US", SENTENCES, id="en"),
        pytest.param("ko-KR", KOREAN, id="ko", marks=pytest.mark.slow),
    ],
)
def test_what_a_person_says_first_is_answered_as_a_person_expects(
    visit: Visitor, locale: str, sentences: tuple[Expected, ...]
) -> None:
    page = visit(locale=locale)
    for expected in sentences:
        _is_as(expected, page.ask(expected.said))
    # over an English document and among English sources: the sentence is found, and said to be a weak match
    at_home = page.ask("재택근무는 며칠까지 가능한가요?")
    _is_looked_up(at_home)
    expect(at_home.locator(".sl-card").filter(has_text=HANDBOOK)).not_to_have_count(0)
    expect(at_home.locator(".sl-answer")).to_contain_text("three days a week")
    expect(at_home.locator(".sl-weak")).to_be_visible()

    page.page.locator("[data-act=new]").click()  # by now they are found, however slow the machine
    suggestions = page.page.locator(".st-key-suggestions button")
    expect(suggestions).to_have_count(3)
    for question in suggestions.all_inner_texts():
        _is_quoted(page.ask(question))  # one of them may be a comparison


def _is_as(expected: Expected, exchange: Locator) -> None:
    answer = exchange.locator(".sl-answer")
    for words in expected.holds:
        expect(answer).to_contain_text(words)
    expect(exchange.locator(".sl-kind")).to_contain_text(expected.kind)
    cards = exchange.locator(".sl-card")
    if expected.source:
        expect(cards.first).to_contain_text(expected.source)
        expect(answer.locator("a.sl-chip").first).to_be_visible()
    else:
        expect(cards).to_have_count(0)


def _is_looked_up(exchange: Locator) -> None:
    """Quoted with its sources, and with no word of another kind of request."""
    _is_quoted(exchange)
    expect(exchange.locator(".sl-kind")).to_have_count(0)


def _is_quoted(exchange: Locator) -> None:
    expect(exchange.locator(".sl-answer a.sl-chip").first).to_be_visible()
    expect(exchange.locator(".sl-card").first).to_be_visible()
