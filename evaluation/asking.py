"""Questions asked through the product itself, one outcome each, kept in a file that a later run goes on with."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import chatbot as product
from chatbot.citations.sources import number_sources
from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.errors import ModelError
from chatbot.models import folders
from chatbot.retrieval.embeddings import embed_query, fingerprint
from chatbot.retrieval.retrieve import DEPTH
from chatbot.store import ChunkRow
from chatbot.text.keywords import question_terms
from chatbot.trace import Candidate, Search
from evaluation.indexes import OnStep, cache_folder, content_key, digest
from evaluation.questions import Question
from evaluation.relevance import Judge, Target, target_ranks

System = Literal["lexical", "dense", "fused", "reranked"]
SYSTEMS: tuple[System, ...] = ("lexical", "dense", "fused", "reranked")
ORDERS: tuple[System, ...] = ("fused", "reranked")  # of the same candidates: these can become sources
Ranks = list[int | None]


@dataclass(frozen=True, slots=True)
class QuestionOutcome:
    """What one question gave.

    Attributes:
        key: of the question.
        ranks: for each system the first place, from 1, of each thing that is right; ``None``: not found.
            Of fused and reranked among the k candidates, of lexical and dense among the ``depth`` best.
        grades: of each thing that is right.
        candidates: how many were looked at.
        refused: by the gate; for an unanswerable question that is right.
        timings_ms: stage -> milliseconds.
        wrong: for fused and reranked the first place of each passage that is known to be wrong.
        sources: number of sources kept -> (milliseconds to mark their sentences, characters in them).
    """

    key: str
    ranks: dict[System, Ranks]
    grades: list[int]
    candidates: int
    refused: bool
    probability: float | None
    timings_ms: dict[str, float]
    sources: dict[str, tuple[float, int]] = field(default_factory=dict)
    wrong: dict[System, Ranks] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskedQuestions:
    """Outcomes in the order of ``questions``, and those questions that this index cannot judge, with the reason."""

    questions: list[Question]
    outcomes: list[QuestionOutcome]
    left_out: list[tuple[Question, str]]
    resumed: int  # of the outcomes, how many an earlier run had


@dataclass(frozen=True, slots=True)
class Setting:
    """How to ask: ``k`` candidates, with or without the second look; time the marking of this many sources."""

    k: int
    rerank: bool = True
    source_counts: tuple[int, ...] = ()

    @property
    def depth(self) -> int:
        """Of the lexical and the dense list."""
        return max(self.k, DEPTH)


def without_remembered_scores(config: Config) -> Config:
    """``config`` without remembered scores: a question asked again takes its time again."""
    return config.with_(reranker={"cached_scores": 0})


def ask_all(
    chatbot: Chatbot, questions: Sequence[Question], setting: Setting, on_progress: OnStep, label: str
) -> AskedQuestions:
    """Ask what is not in the results file yet, one by one so that the times mean something.

    Raises:
        ModelError: the second look failed on a question; figures without it would be mistaken for figures with it.
    """
    file = results_file(chatbot, setting)
    known = _read(file)
    with chatbot.store.reading() as view:
        judge = Judge(view)
        judged = [(question, *judge.targets(question)) for question in questions]
        wrongs = {question.key: judge.wrongs(question) for question in questions if question.wrongs}
    # a question judged by half of what is right would be judged wrongly
    left_out = [(question, reason) for question, _, reason in judged if reason]
    todo = [(question, targets) for question, targets, reason in judged if not reason]
    resumed = sum(question.key in known for question, _ in todo)
    if resumed < len(todo):
        _warm_up(chatbot, setting, todo[0][0])
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            for number, (question, targets) in enumerate(todo):
                on_progress(label, number, len(todo))
                if question.key not in known:
                    known[question.key] = _ask(
                        chatbot, question, targets, wrongs.get(question.key, []), setting
                    )
                    log.write(json.dumps(asdict(known[question.key])) + "\n")
                    log.flush()
    on_progress(label, len(todo), len(todo))
    return AskedQuestions([q for q, _ in todo], [known[q.key] for q, _ in todo], left_out, resumed)


def _warm_up(chatbot: Chatbot, setting: Setting, question: Question) -> None:
    """Models and vectors are loaded before the first time is taken; a sentence of its own, so no score is remembered."""
    chatbot.search(f"warm up: {question.text}", k=setting.k, rerank=setting.rerank)


def _ask(
    chatbot: Chatbot,
    question: Question,
    targets: Sequence[Target],
    wrongs: Sequence[Target],
    setting: Setting,
) -> QuestionOutcome:
    search = chatbot.search(question.text, k=setting.k, top_n=1, rerank=setting.rerank)
    if search.second_look.outcome == "failed":
        raise ModelError(f"the second look at {question.text[:60]!r} failed: {search.second_look.failure}")
    found = _lists(chatbot, search, setting)
    return QuestionOutcome(
        question.key,
        {system: target_ranks(chunks, targets) for system, chunks in found.items()},
        [target.grade for target in targets],
        len(search.candidates),
        search.gate.refused,
        search.gate.probability,
        {stage: round(ms, 3) for stage, ms in search.timings.items()},
        {str(count): _time_sources(chatbot, search, count) for count in setting.source_counts},
        {system: target_ranks(found[system], wrongs) for system in ORDERS if system in found}
        if wrongs
        else {},
    )


def _lists(
    chatbot: Chatbot, search: Search, setting: Setting
) -> Mapping[System, Sequence[Candidate | ChunkRow]]:
    """What each system would show. The lists before fusion are longer than what of them is among the candidates."""
    vector = embed_query(chatbot.embedding, search.query)
    with chatbot.store.reading() as view:
        lists = {
            "lexical": view.lexical(question_terms(search.query), setting.depth),
            "dense": view.dense(vector, setting.depth),
        }
        rows = view.chunks({chunk for found in lists.values() for chunk, _ in found})
    lexical, dense = ([rows[chunk] for chunk, _ in lists[name]] for name in ("lexical", "dense"))
    fused = sorted(search.candidates, key=lambda c: c.fused_rank or c.rank)
    found: dict[System, Sequence[Candidate | ChunkRow]] = {"lexical": lexical, "dense": dense, "fused": fused}
    if setting.rerank:
        found["reranked"] = search.candidates
    return found


def _time_sources(chatbot: Chatbot, search: Search, count: int) -> tuple[float, int]:
    kept = search.candidates[:count]
    start = time.perf_counter()
    number_sources(kept, search.query, chatbot.score_stretches if search.second_look.applied else None)
    return round((time.perf_counter() - start) * 1000, 3), sum(len(c.text) for c in kept)


def results_file(chatbot: Chatbot, setting: Setting) -> Path:
    """The file of outcomes, named by everything that decides them but the questions, which have keys of their own."""
    config = chatbot.config
    key = digest(
        content_key(chatbot.store), fingerprint(config).key, _reranker_key(config) if setting.rerank else "",
        asdict(setting), config.answer.model_dump(), program_digest(),
    )  # fmt: skip
    return cache_folder(config) / "results" / f"{key}.jsonl"


def _reranker_key(config: Config) -> list[object]:
    section = config.reranker
    sha256 = folders.resolve(section.model, config.models_cache).sha256
    return [section.backend, section.model, sha256, section.options, section.budget_ms]


_STEPS = ("text", "models", "store", "retrieval", "reranking", "answering", "citations")


@cache
def program_digest() -> str:
    """Of the code that searches and judges: figures of another version are measured anew."""
    return digest_of_files(program_files())


def digest_of_files(files: Sequence[Path]) -> str:
    """Of their names and contents."""
    content = hashlib.sha256()
    for file in sorted(files):
        content.update(file.name.encode() + b"\0" + file.read_bytes())
    return content.hexdigest()[:16]


def program_files() -> list[Path]:
    """The modules that decide what is found and how it is judged."""
    package = Path(str(product.__file__)).parent
    own = [Path(__file__), Path(__file__).with_name("relevance.py")]
    steps = [file for step in _STEPS for file in package.glob(f"{step}/**/*.py")]
    return [*package.glob("*.py"), *steps, *own]


def _read(file: Path) -> dict[str, QuestionOutcome]:
    """Outcomes by key."""
    outcomes = (QuestionOutcome(**line) for line in whole_lines(file))
    return {outcome.key: outcome for outcome in outcomes}


def whole_lines(file: Path) -> list[dict[str, Any]]:
    """The objects of a file of results, one a line; a line that was cut off when a run was killed is taken out of it."""
    if not file.exists():
        return []
    text = file.read_text("utf-8")
    if text and not text.endswith("\n"):
        text = text[: text.rfind("\n") + 1]
        file.write_text(text, "utf-8")
    return [json.loads(line) for line in text.splitlines()]
