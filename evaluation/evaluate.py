"""One evaluation, from a BEIR folder or from a file of questions on one's own index: the readable flow."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import open_store
from evaluation.asking import Setting, ask_all, without_remembered_scores
from evaluation.beir import choose_split, read_judged
from evaluation.indexes import OnStep, beir_index
from evaluation.questions import Question, QuestionsError, read_questions
from evaluation.report import EvaluationReport, make_report
from ingest.pipeline import ModelOnce


@dataclass(frozen=True, slots=True)
class Task:
    """Questions and the index that they are asked of: ``config.store``."""

    name: str
    config: Config
    questions: list[Question]
    is_beir: bool


def ignore_progress(_what: str, _done: int, _total: int) -> None:
    """Nobody looks at the progress."""


def beir_task(
    config: Config,
    folder: Path,
    split: str | None = None,
    limit: int | None = None,
    on_progress: OnStep = ignore_progress,
    model: ModelOnce | None = None,
) -> Task:
    """The questions of a BEIR folder, and an index of its whole corpus, made once and kept in the cache.

    Raises:
        QuestionsError: the folder is not in BEIR form.
    """
    if not (folder / "corpus.jsonl").is_file():
        raise QuestionsError(f"no corpus.jsonl in {folder}; give a BEIR folder, or a file with --questions")
    chosen = choose_split(folder, split)
    questions = limit_questions(read_judged(folder, chosen), limit)
    settings = beir_index(config, folder, model or ModelOnce(config), on_progress)
    return Task(f"{folder.resolve().name} {chosen}", settings, questions, is_beir=True)


def file_task(config: Config, file: Path, limit: int | None = None) -> Task:
    """The questions of a file, asked of the configured index. Raises ``QuestionsError``."""
    return Task(file.name, config, limit_questions(read_questions(file), limit), is_beir=False)


def limit_questions(questions: list[Question], limit: int | None) -> list[Question]:
    """``limit`` questions spread evenly over all: the first ones are often about one document."""
    if limit is None or limit >= len(questions):
        return questions
    return [questions[i * len(questions) // limit] for i in range(limit)]


def evaluate(
    task: Task, on_progress: OnStep = ignore_progress, model: ModelOnce | None = None
) -> EvaluationReport:
    """Ask every question of ``task`` and sum up; what an earlier run asked is not asked again.

    Raises:
        ChatbotError: the index or a model cannot be used, or no question can be judged by this index.
    """
    start = time.perf_counter()
    config = task.config
    k = config.retrieval.k
    with closing(open_store(config, store_identity(config))) as store:
        bot = Chatbot(without_remembered_scores(config), store, (model or ModelOnce(config))())
        asked = ask_all(bot, task.questions, Setting(k, config.reranker.enabled), on_progress, "asking")
        with store.reading() as view:
            documents, chunks = len(view.documents()), view.chunk_count()
    if not asked.outcomes:
        raise ChatbotError(none_judged(task.name, asked.left_out))
    names = {"embedding": config.embedding.model}
    if config.reranker.enabled:
        names["reranker"] = config.reranker.model
    seconds = time.perf_counter() - start
    return make_report(task.name, asked, k, names, documents, chunks, seconds, config.retrieval.top_n)


def none_judged(name: str, left_out: Sequence[tuple[Question, str]]) -> str:
    """Why there is nothing to measure."""
    reason = left_out[0][1] if left_out else "it is empty"
    return f"no question of {name} can be judged by this index ({reason}); check the names of its documents"
