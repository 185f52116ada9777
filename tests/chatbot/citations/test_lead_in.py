"""An item of a list is quoted with what says whether it is allowed or forbidden."""

from __future__ import annotations

import pytest

from chatbot.citations.lead_in import is_title, quoted
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Sentence, Source


def _source(text: str, *heading: str) -> Source:
    candidate = Candidate(1, "doc", text, (0, len(text)), heading=heading)
    return Source(1, candidate, tuple(Sentence(*span) for span in sentence_spans(text)))


def _quotes(text: str, *heading: str) -> list[str]:
    source = _source(text, *heading)
    return [quoted(source, sentence) for sentence in source.sentences]


@pytest.mark.parametrize(
    ("text", "heading", "expected"),
    [
        ("Guests may not:\n\n- bring dogs\n- smoke", (), ["Guests may not: bring dogs", "Guests may not: smoke"]),
        ("4.2 What is not covered\n\n- motor racing", ("4 Costs", "4.2 What is not covered"), ["4.2 What is not covered: motor racing"]),
        ("- no pets", ("House", "Forbidden"), ["Forbidden: no pets"]),
        ("2. 지원 제외\n\n가. 공공임대 거주자\n나. 집을 가진 사람", (), ["2. 지원 제외: 가. 공공임대 거주자", "2. 지원 제외: 나. 집을 가진 사람"]),
        ("휴가는 다음 각 호와 같다.\n\n1. 결혼: 5일\n\n2. 출산: 20일", (), ["휴가는 다음 각 호와 같다: 1. 결혼: 5일", "휴가는 다음 각 호와 같다: 2. 출산: 20일"]),
        ("제8조 (병가)\n\n① 병가는 30일까지 쓴다.", (), ["제8조 (병가): ① 병가는 30일까지 쓴다."]),
        ("Guests may not:\n- bring dogs\nor cats\n- smoke", (), ["Guests may not: smoke"]),
        ("Do not bring:\n- animals\n  - dogs", (), ["Do not bring: animals", "Do not bring: animals: dogs"]),
    ],
)  # fmt: skip
def test_an_item_of_a_list_is_quoted_behind_what_leads_into_it(
    text: str, heading: tuple[str, ...], expected: list[str]
) -> None:
    assert _quotes(text, *heading)[-len(expected) :] == expected


def test_items_are_of_the_item_that_they_stand_below_and_not_of_the_one_before() -> None:
    text = (
        "제3조(보상)\n① 회사는 다음 각 호를 보상합니다.\n1. 사망\n2. 후유장해\n② 보험은 90일 동안 적용됩니다."
    )
    assert _quotes(text)[1:] == [
        "제3조(보상): ① 회사는 다음 각 호를 보상합니다.",
        "제3조(보상): ① 회사는 다음 각 호를 보상합니다: 1. 사망",
        "제3조(보상): ① 회사는 다음 각 호를 보상합니다: 2. 후유장해",
        "제3조(보상): ② 보험은 90일 동안 적용됩니다.",
    ]
    text = "가. 지원 대상\n1) 청년\n2) 학생\n나. 지원 제외\n1) 임직원"
    assert _quotes(text)[3:] == ["나. 지원 제외", "나. 지원 제외: 1) 임직원"]
    narrow = "① The trip counts:\n1. with a ticket for\nthe way back\n② For ninety days."
    assert _quotes(narrow)[-1] == "② For ninety days."
    assert _quotes("2. 후유장해\n② 보험은 90일 동안 적용됩니다.")[1] == "② 보험은 90일 동안 적용됩니다.", (
        "of what, is above"
    )


def test_bullets_below_a_numbered_item_are_of_that_item() -> None:
    text = "You must:\n1. report damage\n2. service the boiler\n- paid by the owner\n3. let us in"
    assert _quotes(text)[3:] == [
        "You must: 2. service the boiler: paid by the owner",
        "You must: 3. let us in",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It serves four people.\n\n- 1 kg potatoes\n- 1 egg\n1. Boil the potatoes.",
        "The fee is 5 euros. It is paid in cash.",
        "| a | b |\n| --- | --- |\n| - 1 | 2 |",
    ],
)
def test_what_no_line_leads_into_is_quoted_as_it_is(text: str) -> None:
    assert not any(":" in quote for quote in _quotes(text) if "a: " not in quote)


def test_a_heading_is_no_item_and_an_item_is_no_heading() -> None:
    source = _source("## 2. Rent\n1. paid monthly\n2. paid in cash", "Lease", "2. Rent")
    assert [is_title(source, sentence) for sentence in source.sentences] == [True, False, False]
    total = _source("TOTAL $821.14\n\nThanks for coming.", "TOTAL $821.14")
    assert not is_title(total, total.sentences[0])  # a form has headings of its own
