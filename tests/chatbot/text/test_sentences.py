from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.text.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_korean_prose_is_cut_at_its_full_stops() -> None:
    text = "임베딩은 단어를 벡터로 바꾸는 과정입니다. 왜 필요할까요? 컴퓨터는 숫자만 읽기 때문입니다!"
    assert sentences(text) == [
        "임베딩은 단어를 벡터로 바꾸는 과정입니다.",
        "왜 필요할까요?",
        "컴퓨터는 숫자만 읽기 때문입니다!",
    ]


def test_english_prose_is_cut_at_its_full_stops() -> None:
    text = 'A reranker reads both texts. "Is it slow?" Not on ten passages! It pays…'
    assert sentences(text) == [
        "A reranker reads both texts.",
        '"Is it slow?"',
        "Not on ten passages!",
        "It pays…",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Smith of the U.S. Army paid $3.5 million, i.e. too much.",
        "See Fig. 3 and No. 7 in vol. 2, pp. 12-14.",
        "J. K. Rowling met John F. Kennedy Jr. in St. Augustine at 5 p.m. on Jan. 5.",
        "Version 2.1.3 is at https://example.org/a.b/c.html or in notes.v2.txt for Windows.",
        "Smith et al. (2020) compared it vs. the rest, e.g. Warsaw.",
        "He waited ... and nothing came.",
        "She asked “Why? What for?” and left.",
        '"No!" he said.',
        "한국은 면적이 3.5 km이고 U.S. 달러를 쓰지 않는다.",
        "2024. 3. 15. 시행한 규정이다.",
        "그는 천재(?) 소년으로 불렸다.",
        "그는 “간다. 곧 온다.”라고 말했다.",
        '"왜 그랬니?" 라고 물었다.',
        "그런데... 아무 일도 없었다.",
        "재판부는 1. 두 사람의 관계 2. 번호를 넣은 시기를 보았다.",
    ],
)
def test_stops_that_end_nothing_are_left_alone(sentence: str) -> None:
    assert sentences(sentence) == [sentence]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left at 5 p.m. The door closed.", ["He left at 5 p.m.", "The door closed."]),
        ("They moved to the U.S. It was 1950.", ["They moved to the U.S.", "It was 1950."]),
        ("(So it was.) Then it changed.[3] It ended.", ["(So it was.)", "Then it changed.[3]", "It ended."]),
        ("the rate was 4%. a gain of $3 million. ok?", ["the rate was 4%.", "a gain of $3 million.", "ok?"]),
        ("집에 갔다.그러나 아무도 없었다.", ["집에 갔다.", "그러나 아무도 없었다."]),
        ("출간되었다.(2003년 2월) 이듬해 상을 받았다.", ["출간되었다.(2003년 2월)", "이듬해 상을 받았다."]),
        ("그는 말이 없었다... 나는 나왔다.", ["그는 말이 없었다...", "나는 나왔다."]),
        ("これは本です。あれはペンです。", ["これは本です。", "あれはペンです。"]),
    ],
)
def test_doubtful_stops_end_a_sentence_when_the_next_word_opens_one(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_wrapped_line_goes_on_and_a_blank_line_ends_the_sentence() -> None:
    text = "The warranty covers the motor and the\nbattery for two years.\n\nContact us\n\nat any time"
    assert sentences(text) == [
        "The warranty covers the motor and the\nbattery for two years.",
        "Contact us",
        "at any time",
    ]


def test_a_korean_final_ending_without_a_full_stop_ends_the_line() -> None:
    text = "안녕하세요\n홍길동입니다\n오늘은 날씨가 좋다\n는 소식을 전했다"
    assert sentences(text) == ["안녕하세요", "홍길동입니다", "오늘은 날씨가 좋다\n는 소식을 전했다"]


def test_glossary_lines_are_sentences_of_their_own() -> None:
    text = 'Token\n\n정의: 토큰은 작은 단위이다. 보통 단어이다.\n예시: "나는 간다"를 나눈다\n연관키워드: 구문 분석, 토큰화'
    assert sentences(text) == [
        "Token",
        "정의: 토큰은 작은 단위이다.",
        "보통 단어이다.",
        '예시: "나는 간다"를 나눈다',
        "연관키워드: 구문 분석, 토큰화",
    ]


def test_list_items_keep_their_markers() -> None:
    text = "1. Charge it\n2. Press start. Wait.\n- 필터를 뺀다\n가. 물로 씻는다\n1.\n말린다"
    assert sentences(text) == [
        "1. Charge it",
        "2. Press start.",
        "Wait.",
        "- 필터를 뺀다",
        "가. 물로 씻는다",
        "1.\n말린다",
    ]


def test_each_table_row_is_one_sentence() -> None:
    text = (
        "Prices in won.\n| item | note |\n|---|---|\n| 1. pen | Blue. Refill it. |\nname | price\npen | 2500"
    )
    assert sentences(text) == [
        "Prices in won.",
        "| item | note |",
        "|---|---|",
        "| 1. pen | Blue. Refill it. |",
        "name | price",
        "pen | 2500",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("접수: 2025. 6. 2.(월) 09:00 ~ 6. 20.(금) 18:00", ["접수: 2025. 6. 2.(월) 09:00 ~ 6. 20.(금) 18:00"]),
        ("접수는 3. 4. ~ 3. 15.까지이다. 발표는 4. 1.에 한다.", ["접수는 3. 4. ~ 3. 15.까지이다.", "발표는 4. 1.에 한다."]),
        ("모집: 2026. 1. 5. ∼ 1. 9. 17:30까지", ["모집: 2026. 1. 5. ∼ 1. 9. 17:30까지"]),
        ("He scored 6. 20 people left.", ["He scored 6.", "20 people left."]),
    ],
)  # fmt: skip
def test_the_end_of_a_span_of_days_is_not_cut_off_where_its_year_is_left_out(
    text: str, expected: list[str]
) -> None:
    assert sentences(text) == expected


def test_headings_and_lines_of_code_stand_alone() -> None:
    text = "## 설치 방법\n먼저 내려받는다.\n```\nx = 1\ny = f(x). z\n```\nDone."
    assert sentences(text) == [
        "## 설치 방법",
        "먼저 내려받는다.",
        "```",
        "x = 1",
        "y = f(x). z",
        "```",
        "Done.",
    ]


@given(
    st.text(alphabet=st.sampled_from("가다.요 a.A1?!…。\"'”()[]|-#:\n\t\r\u2028`*"), max_size=200)
    | st.text(max_size=200)
)
def test_spans_are_ordered_trimmed_and_cover_every_visible_character(text: str) -> None:
    covered = [False] * len(text)
    position = 0
    for start, end in sentence_spans(text):
        assert position <= start < end
        assert text[start:end] == text[start:end].strip()
        covered[start:end] = [True] * (end - start)
        position = end
    assert all(seen or character.isspace() for seen, character in zip(covered, text, strict=True))


@pytest.mark.parametrize("piece", ["a", ".", '"', "(", "a.) ", ". ", "1.", "“x. ", " ", "A: ", "[1]", "다."])
def test_a_megabyte_on_one_line_is_read_in_linear_steps(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))  # backtracking that is not linear would never return
    spans = sentence_spans(text)
    assert bool(spans) == bool(text.strip())
