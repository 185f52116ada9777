"""What people rated on the page is asked again, and the wrong passages that still come up are counted."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from chatbot.cli import app
from chatbot.config import Config
from chatbot.conversations import AskedWith, Conversations, ExchangeRecord
from chatbot.store.sqlite.store import SqliteStore
from chatbot.trace import Candidate, Gate, SecondLook, Source
from evaluation.feedback import feedback_task
from evaluation.questions import Gold, Question, QuestionsError, parse_questions
from evaluation.relevance import Judge
from fakes.stores import MakeStore


def test_a_question_with_only_wrong_passages_is_not_one_without_an_answer() -> None:
    wrong, unanswerable = parse_questions(
        "here",
        [(1, {"question": "q", "wrong": [{"document": "a.txt", "passage": "p"}]}), (2, {"question": "u"})],
    )
    assert wrong.wrongs == (Gold("a.txt", passage="p"),)
    assert not wrong.is_unanswerable
    assert unanswerable.is_unanswerable
    assert len({wrong.key, Question("1", "q", wrong.wrongs).key, Question("1", "q").key}) == 3


def test_a_wrong_passage_that_is_gone_leaves_no_question_out(make_store: MakeStore) -> None:
    store = make_store({"a.txt": [("the passage", None), ("another one", None)]})
    question = Question(
        "1", "q", wrongs=(Gold("a.txt", passage="another one"), Gold("b.txt", passage="gone"))
    )
    with store.reading() as view:
        judge = Judge(view)
        assert judge.targets(question) == ([], "")
        (target,) = judge.wrongs(question)
        assert [target.is_met_by(chunk) for chunk in view.chunks_of("a.txt")] == [False, True]


def test_without_any_thumb_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match="has been rated; press a thumb on the page"):
        feedback_task(Config().with_(store=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_with_the_rights_of_a_person_only_their_own_thumbs_are_asked_again(tmp_path: Path) -> None:
    found = (Candidate("1", "a.txt", "the passage", (0, 11), rank=1, kept=True, cited=True),)
    for who in ("kim", "lee"):
        conversations = Conversations.open(tmp_path, who)
        number = conversations.create()
        question = f"What does {who} want to know?"
        record = ExchangeRecord(
            question, question, "This. [1]", "extractive", AskedWith("extractive", "", 2, 2, True),
            (Source(1, found[0]),), found, SecondLook("m", "applied"), Gate(False), {},
        )  # fmt: skip
        conversations.add(number, record)
        conversations.rate(number, 0, 1)
    config = Config().with_(store=tmp_path)
    assert len(feedback_task(config).questions) == 2
    assert [question.text for question in feedback_task(config, owner="lee").questions] == [
        "What does lee want to know?"
    ]


def test_thumbs_are_asked_again_with_the_command(
    sample_config: Config, models_cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    shutil.copytree(sample_config.store, store)
    right, wrong = "Word2Vec\n\n정의", "Coffee from th"  # how a passage begins, or what it holds
    with closing(SqliteStore.open(store, SqliteStore.identity_at(store))) as opened, opened.reading() as view:
        chunks = [chunk for row in view.documents() for chunk in view.chunks_of(row.uri)]
    passages = [next(chunk for chunk in chunks if part in chunk.text) for part in (right, wrong)]
    candidates = tuple(
        Candidate(c.id, c.document, c.text, (c.start, c.end), c.page, rank=n, kept=True, cited=n == 1)
        for n, c in enumerate(passages, 1)
    )
    record = ExchangeRecord(
        "Word2Vec이 뭐야?", "Word2Vec이 뭐야?", "모델입니다. [1]", "extractive", AskedWith("extractive", "", 2, 2, True),
        tuple(Source(c.rank, c) for c in candidates), candidates, SecondLook("m", "applied"), Gate(False), {},
    )  # fmt: skip
    conversations = Conversations.open(store)
    number = conversations.create()
    conversations.add(number, record)
    conversations.rate(number, 0, 1)
    conversations.rate(number, 0, -1, chunk_id=candidates[1].chunk_id)
    settings = tmp_path / "secondlook.toml"
    settings.write_text(f"store = '{store}'\nmodels_cache = '{models_cache}'\n", "utf-8")
    arguments = ["evaluate", "feedback", "--config", str(settings), "--k", "5"]
    app([*arguments, "--json"], standalone_mode=False)
    report = json.loads(capsys.readouterr().out)
    assert report["name"] == "feedback"
    assert report["measured"]["questions"] == 1
    assert report["measured"]["systems"]["reranked"]["hit@3"] == 1.0
    assert report["wrong"] == {"passages": 1, "top_n": 3, "among_sources": {"fused": 0, "reranked": 0}}
    app(arguments, standalone_mode=False)
    assert (
        "passages known to be wrong: 1; still among the top 3: 0 fused, 0 reranked" in capsys.readouterr().out
    )
