"""Real models over tiny sets: the product is asked, the figures are right, and nothing is asked twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.config import Config
from chatbot.errors import ChatbotError
from evaluation.asking import QuestionOutcome, Setting, ask_all, program_files, results_file
from evaluation.evaluate import Task, beir_task, evaluate, file_task, ignore_progress, limit_questions
from evaluation.questions import Gold, Question, QuestionsError
from ingest.pipeline import ModelOnce
from paths import ROOT


@pytest.fixture(scope="module")
def model(sample_chatbot: Chatbot) -> ModelOnce:
    return ModelOnce(sample_chatbot.config, sample_chatbot.embedding)


@pytest.fixture(scope="module")
def beir(beir_folder: Path, models_cache: Path, model: ModelOnce) -> Task:
    return beir_task(Config().with_(models_cache=models_cache), beir_folder, model=model)


@pytest.fixture(scope="module")
def bot(sample_chatbot: Chatbot, sample_config: Config, models_cache: Path) -> Chatbot:
    """Over the samples, with results in the tests' own cache."""
    return Chatbot(
        sample_config.with_(models_cache=models_cache), sample_chatbot.store, sample_chatbot.embedding
    )


QUESTIONS = [
    Question("1", "임베딩이 뭐야?", (Gold("ai-glossary-ko.txt", passage="벡터로 나타낸 것입니다"),)),
    Question("2", "What is the weather on Mars today?"),
]


def test_a_beir_set_is_measured_in_all_four_orders(beir: Task, model: ModelOnce) -> None:
    report = evaluate(beir, model=model)
    assert (report.name, report.documents, report.chunks) == ("tiny test", 6, 5)
    assert report.measured is not None
    assert list(report.measured.systems) == ["lexical", "dense", "fused", "reranked"]
    for values in report.measured.systems.values():
        assert values.keys() == {"ndcg@10", "mrr@10", "hit@1", "hit@3", "hit@10", "recall@20"}
        assert values["hit@10"] == 1
    assert {language: group.questions for language, group in report.by_language.items()} == {"ko": 2, "en": 1}
    assert report.measured.systems["fused"]["recall@20"] == 1
    assert {"embed", "dense", "lexical", "fuse", "rerank", "gate", "total"} == report.latency_ms.keys()
    assert all(0 <= stage.p50 <= stage.p95 for stage in report.latency_ms.values())


def test_lexical_and_dense_are_the_whole_lists_and_not_what_of_them_was_fused(bot: Chatbot) -> None:
    asked = ask_all(bot, QUESTIONS[:1], Setting(1, rerank=False), ignore_progress, "asking")
    question, found = QUESTIONS[0], asked.outcomes[0]
    places = list(bot.search(question.text, k=50, rerank=False).candidates)
    right = next(c for c in places if "벡터로 나타낸 것입니다" in c.text)
    assert found.candidates == 1
    assert found.ranks["lexical"] == [right.lexical_rank]
    assert found.ranks["dense"] == [right.dense_rank]
    assert "reranked" not in found.ranks


def test_a_second_run_asks_nothing_and_an_interrupted_one_goes_on(bot: Chatbot) -> None:
    setting = Setting(3, source_counts=(1, 2))
    first = ask_all(bot, QUESTIONS, setting, ignore_progress, "asking")
    file = results_file(bot, setting)
    lines = file.read_text("utf-8").splitlines(keepends=True)
    assert (first.resumed, len(lines)) == (0, 2)
    assert first.outcomes[0].sources.keys() == {"1", "2"}
    again = ask_all(bot, QUESTIONS, setting, ignore_progress, "asking")
    assert (again.resumed, again.outcomes[0].ranks) == (2, first.outcomes[0].ranks)
    file.write_text(lines[0] + lines[1][:20], "utf-8")  # killed while it wrote
    mended = ask_all(bot, QUESTIONS, setting, ignore_progress, "asking")
    assert mended.resumed == 1
    assert [QuestionOutcome(**json.loads(line)).key for line in file.read_text("utf-8").splitlines()] == [
        question.key for question in QUESTIONS
    ]


def test_other_settings_have_other_results(bot: Chatbot) -> None:
    files = {results_file(bot, setting) for setting in (Setting(3), Setting(4), Setting(3, rerank=False))}
    assert len(files) == 3


def test_code_that_changed_is_measured_anew_also_in_the_folders_of_a_step() -> None:
    files = {file.relative_to(ROOT).as_posix() for file in program_files()}
    for step in ("store", "answering", "reranking"):
        assert {
            file.relative_to(ROOT).as_posix() for file in (ROOT / "chatbot" / step).rglob("*.py")
        } <= files


def test_what_the_index_cannot_judge_is_left_out_and_said(bot: Chatbot) -> None:
    wrong = Question("3", "연차는 며칠인가요?", (Gold("none.pdf"), Gold("ai-glossary-ko.txt")))
    asked = ask_all(bot, [*QUESTIONS, wrong], Setting(3, source_counts=(1, 2)), ignore_progress, "asking")
    assert asked.left_out == [(wrong, "no document 'none.pdf' in the index")]
    assert asked.questions == QUESTIONS


def test_unanswerable_questions_count_for_refusals_only(
    bot: Chatbot, model: ModelOnce, tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"question": "임베딩이 뭐야?", "document": "ai-glossary-ko.txt"}\n'
        '{"question": "What is the weather on Mars today?"}\n',
        "utf-8",
    )
    report = evaluate(file_task(bot.config, file), model=model)
    assert report.measured is not None
    assert report.measured.questions == 1
    assert (report.refusals.answerable, report.refusals.unanswerable) == (1, 1)


def test_an_index_is_made_once(beir: Task, beir_folder: Path, model: ModelOnce) -> None:
    def nothing_is_embedded(what: str, done: int, total: int) -> None:
        raise AssertionError(what)

    assert beir_task(beir.config, beir_folder, on_progress=nothing_is_embedded, model=model) == beir


def test_without_a_question_to_judge_it_says_why(bot: Chatbot, model: ModelOnce, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "a?", "document": "none.pdf"}\n', "utf-8")
    with pytest.raises(ChatbotError, match="no document 'none.pdf'"):
        evaluate(file_task(bot.config, file), model=model)


def test_a_folder_that_is_not_beir_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=r"no corpus\.jsonl"):
        beir_task(Config(), tmp_path)


def test_a_limit_takes_questions_from_everywhere() -> None:
    questions = [Question(str(number), "?") for number in range(10)]
    assert [question.id for question in limit_questions(questions, 3)] == ["0", "3", "6"]
    assert limit_questions(questions, 20) == questions
