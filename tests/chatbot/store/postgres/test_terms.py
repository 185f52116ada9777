"""Terms are the same as FTS5 makes of them: both engines find by the same forms of a word."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from chatbot.store.postgres.terms import key_of, stem_of
from chatbot.store.sqlite.fts5 import TOKENIZE
from chatbot.text.keywords import analyse

WORDS = """is us use used uses policies policy methodology technologies biology trilogy assembly incredibly doubly stably
 running relational conditional ponies caresses flies dying happily hopping falling sky y yes i a café Zürich naïve Ωμέγα
 λόγος إسلام 검색엔진 검색 ガン が大 ・문 x2 3d 2024 electroencephalographically aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaing"""


def test_every_word_of_the_samples_and_of_a_list_is_stemmed_as_fts5_does(samples: Path) -> None:
    texts = [WORDS, *(file.read_text("utf-8") for file in sorted(samples.glob("*.[tmc][xds][tv]*")))]
    words = sorted({term for text in texts for term in analyse(text).split()})
    assert len(words) > 1000
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE word USING fts5 (terms, tokenize = '{TOKENIZE}')")
        connection.execute("CREATE VIRTUAL TABLE stored USING fts5vocab (word, 'instance')")
        connection.executemany("INSERT INTO word (rowid, terms) VALUES (?, ?)", enumerate(words))
        stored = {doc: term for term, doc in connection.execute("SELECT term, doc FROM stored")}
    assert {word: stem_of(word) for word in words} == {
        word: stored[number] for number, word in enumerate(words)
    }


def test_forms_of_a_word_have_the_same_number_and_others_another() -> None:
    assert key_of("policies") == key_of("policy") == key_of("policy")
    assert len({key_of(word) for word in ("policy", "police", "정책", "책", "")}) == 5
    assert -(2**63) <= key_of("policy") < 2**63
