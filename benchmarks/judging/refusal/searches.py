"""The searches that refusals are fitted and judged on: by the program itself, over an index that it made of each set.

Indexes and what was found are kept in the models cache, so that a run that was ended goes on where it was.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.judging.refusal.kinds import KINDS
from benchmarks.judging.refusal.sets import SAMPLES, Collection
from benchmarks.judging.retrieval_sets import SEED
from chatbot.answering.gate import keyword_shares, passage_features, question_features
from chatbot.config import Config
from chatbot.engine import load_chatbot
from chatbot.text.language import language_of
from chatbot.trace import Candidate, Scores
from ingest.pipeline import run

NATURAL, OTHERWISE = 60, 25  # answerable questions of a set: as they are, and in each other kind of words
ABSENT, ABSENT_OTHERWISE, ABSENT_ACROSS = 40, 15, 20  # questions about other sets' topics
ACROSS_FILE = Path(__file__).with_name(
    "across_languages.tsv"
)  # set, document or question, question of our own

OFF_TOPIC = (
    "오늘 서울 날씨는 어때?", "김치찌개 맛있게 끓이는 방법 알려줘", "가까운 주유소가 어디야?", "강아지 예방접종은 언제 해야 하나요?",
    "조선의 세 번째 왕은 누구인가?", "전세 계약을 해지하려면 어떻게 해야 하나요?", "축구 월드컵은 몇 년마다 열리나요?", "무릎이 아플 때 좋은 운동은?",
    "What is the capital of Portugal?", "How do I change a flat tyre?", "Who painted the Mona Lisa?",
    "What time does the supermarket close?", "How many calories are in a banana?", "When is the next train to Busan?",
    "Which vaccine does a newborn need?",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Search:
    """A question of a kind, and what came back.

    ``gold``: names of the documents that answer it; ``None`` where the set holds no answer.
    """

    kind: str
    question: str
    gold: frozenset[str] | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A search as the gate sees it. ``gold`` tells for each of ``passages`` whether its document answers."""

    set_name: str
    kind: str
    question: str
    answerable: bool
    features: dict[str, float]
    passages: list[dict[str, float]]
    gold: list[bool]


def cases_of(collection: Collection, sets: Sequence[Collection], config: Config) -> list[Case]:
    """Questions whose answer was found, those without one, and near misses: answerable ones, what answers taken out."""
    found = []
    for search in _searches(collection, sets, config):
        gold = [_name(c) in (search.gold or ()) for c in search.candidates]
        if search.gold is None or any(gold):
            found.append(_case(collection.name, search, search.kind, search.candidates, gold))
        others = tuple(c for c, is_gold in zip(search.candidates, gold, strict=True) if not is_gold)
        if search.kind == "natural" and search.gold is not None and others:
            found.append(_case(collection.name, search, "near miss", others, [False] * len(others)))
    return found


def _case(name: str, search: Search, kind: str, candidates: Sequence[Candidate], gold: list[bool]) -> Case:
    shares = keyword_shares(search.question, candidates)
    return Case(
        name,
        kind,
        search.question,
        any(gold),
        question_features(search.question, candidates),
        [passage_features(c.scores, share) for c, share in zip(candidates, shares, strict=True)],
        gold,
    )


def _searches(collection: Collection, sets: Sequence[Collection], config: Config) -> list[Search]:
    folder = config.models_cache / "benchmarks" / "refusal" / collection.name
    file = folder / "searches.jsonl"
    if not file.exists():
        found = list(_ask_all(collection, sets, folder, config))
        lines = [
            json.dumps(asdict(search) | {"gold": search.gold and sorted(search.gold)}) for search in found
        ]
        file.write_text("\n".join(lines), encoding="utf-8")
    return [_read(json.loads(line)) for line in file.read_text("utf-8").splitlines()]


def _read(row: dict[str, Any]) -> Search:
    candidates = tuple(Candidate(**{**c, "scores": Scores(**c["scores"])}) for c in row["candidates"])
    gold = None if row["gold"] is None else frozenset(row["gold"])
    return Search(row["kind"], row["question"], gold, candidates)


def _ask_all(
    collection: Collection, sets: Sequence[Collection], folder: Path, config: Config
) -> Iterator[Search]:
    if not (documents := collection.folder):
        documents = folder / "documents"
        documents.mkdir(parents=True, exist_ok=True)
        for name, text in collection.documents.items():
            (documents / f"{name}.md").write_text(text, encoding="utf-8")
    config = config.with_(store=folder / "store")
    run(config, [documents])
    chatbot = load_chatbot(config)
    print(f"asking {collection.name}", flush=True)
    for kind, question, gold in questions_of(collection, sets):
        yield Search(kind, question, gold, chatbot.search(question).candidates)
    chatbot.store.close()


def questions_of(
    collection: Collection, sets: Sequence[Collection]
) -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """(kind, question, names of the documents that answer it) of all that is asked of ``collection``."""
    texts, chance = list(collection.documents.values()), random.Random(SEED)
    for kind, reworded in KINDS.items():
        for question, gold in collection.asked[: NATURAL if kind == "natural" else OTHERWISE]:
            yield kind, reworded(question, texts), gold
    for name, key, question in csv.reader(ACROSS_FILE.open(encoding="utf-8"), delimiter="\t"):
        if name == collection.name:
            yield "across", question, collection.answers(key)
    for question in collection.near:
        yield "near miss", question, None
    others = [other for other in sets if other.name not in (collection.name, SAMPLES)]
    same, other = (
        [q for o in others if (o.language == collection.language) == is_same for q, _ in o.asked]
        + [q for q in OFF_TOPIC if (language_of(q) == collection.language) == is_same]
        for is_same in (True, False)
    )
    asked = chance.sample(same, ABSENT)
    for question in asked:
        yield "absent natural", question, None
    for kind in ("keywords", "fragment", "polite", "long"):
        for question in asked[:ABSENT_OTHERWISE]:
            yield f"absent {kind}", KINDS[kind](question, texts), None
    for question in chance.sample(other, ABSENT_ACROSS):
        yield "absent across", question, None


def _name(candidate: Candidate) -> str:
    return candidate.document.rsplit("/", 1)[-1].removesuffix(".md")
