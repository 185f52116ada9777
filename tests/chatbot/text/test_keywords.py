from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.store.sqlite.fts5 import TOKENIZE, any_of
from chatbot.text.keywords import analyse, question_terms

PASSAGES = [
    "Word2Vec\n\n정의: Word2Vec은 단어를 벡터 공간에 매핑하는 기술입니다.",
    "대한민국의 수도는 서울이다.",
    "The WHO published travel guidelines for the IT department.",
    "고양이는 하루의 대부분을 잔다.",
]


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE VIRTUAL TABLE chunk USING fts5(terms, content='', tokenize='{TOKENIZE}')")
    rows = [(i, analyse(passage)) for i, passage in enumerate(PASSAGES)]
    connection.executemany("INSERT INTO chunk(rowid, terms) VALUES (?, ?)", rows)
    yield connection
    connection.close()


def search(index: sqlite3.Connection, question: str) -> list[int]:
    expression = any_of(question_terms(question))
    if not expression:
        return []
    rows = index.execute("SELECT rowid FROM chunk WHERE chunk MATCH ? ORDER BY rank", (expression,))
    return [row for (row,) in rows]


@given(st.text())
def test_no_question_is_an_fts5_syntax_error(index: sqlite3.Connection, question: str) -> None:
    assert set(search(index, question)) <= set(range(len(PASSAGES)))


@pytest.mark.parametrize(
    "question", ['"', 'a" OR "b', "NEAR(a b, 2)", "terms:x", "a AND NOT b*", "^x", "'; DROP--", "\0"]
)
def test_fts5_operators_in_a_question_are_only_words(index: sqlite3.Connection, question: str) -> None:
    assert set(search(index, question)) <= set(range(len(PASSAGES)))


@given(st.text())
def test_every_term_of_a_question_is_a_term_of_the_same_text_indexed(text: str) -> None:
    # or, for Korean words that lose a particle, at least a part of one
    indexed = analyse(text)
    assert all(term in indexed for term in question_terms(text))


@given(st.text(alphabet="가나다라마바사abc 12,.!?"))
def test_a_text_with_a_letter_or_digit_always_has_something_to_search_for(text: str) -> None:
    assert bool(question_terms(text)) == any(letter.isalnum() for letter in text)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Word2Vec 에 대해서 알려줄래?", 0),
        ("word2vec이란 무엇인가요?", 0),
        ("벡터공간", 0),
        ("대한민국 수도가 어디야?", 1),
        ("What did the WHO publish?", 2),
        ("travelling guideline", 2),
        ("IT 부서", 2),
        ("고양이가 왜 자나요?", 3),
        ("ＷＯＲＤ２ＶＥＣ", 0),
    ],
)
def test_a_question_finds_the_passage_that_shares_its_words(
    index: sqlite3.Connection, question: str, passage: int
) -> None:
    assert search(index, question)[0] == passage


@pytest.mark.parametrize("question", ["", "   ", "?!", "…", "\0", "\ud800"])
def test_a_question_without_words_searches_for_nothing(question: str) -> None:
    assert question_terms(question) == []


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("Word2Vec 에 대해서 알려줄래?", "word2vec"),
        ("임베딩이란 무엇인가요?", "임베 베딩"),
        ("대한민국의 수도는 어디인가?", "대한 한민 민국 수도"),
        ("What is the refund policy?", "refund policy"),
        ("좀비 왜란", "좀비 왜란"),
    ],
)
def test_asking_words_and_particles_are_not_searched_for(question: str, terms: str) -> None:
    assert question_terms(question) == terms.split()


@pytest.mark.parametrize("question", ["무엇인가요?", "What is it?", "The Who", "에"])
def test_a_question_of_asking_words_alone_is_searched_whole(question: str) -> None:
    assert question_terms(question) == analyse(question).split()


def test_names_in_capitals_and_latin_words_in_korean_questions_are_kept() -> None:
    assert "who" in question_terms("When did the WHO meet?")
    assert "it" in question_terms("it 부서 연락처")


def test_analysis_is_the_same_for_full_width_and_upper_case() -> None:
    assert analyse("ＳＱＬ Ｆｕｌｌ") == analyse("sql full") == "sql full"


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u00ad", "\u2060", "\u202e", "\U000e0041\U000e0042", "\x1b", "\ufe0f"]
)
def test_a_character_that_nobody_sees_splits_no_word(unseen: str) -> None:
    assert analyse(f"비{unseen}밀번호 pass{unseen}word{unseen}") == analyse("비밀번호 password")
    assert question_terms(f"비{unseen}밀번호는?") == question_terms("비밀번호는?")


def test_a_hidden_message_is_not_searched_for_or_found() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "secret words")
    assert analyse(f"open {hidden}") == "open"
    assert question_terms(hidden) == []


def test_korean_chinese_and_japanese_become_overlapping_pairs() -> None:
    assert analyse("검색엔진 東京タワー 물") == "검색 색엔 엔진 東京 京タ タワ ワー 물"


def test_decomposed_hangul_as_in_file_names_of_macos_is_the_same_text() -> None:
    assert analyse(unicodedata.normalize("NFD", "검색 엔진")) == analyse("검색 엔진")
