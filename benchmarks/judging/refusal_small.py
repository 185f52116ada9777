"""Refusals on small collections, which the fit never saw: the tutorial's glossary, and the project's own samples."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.judging.fusion import bm25_scores
from benchmarks.judging.refusal_searches import Case, K, Search, ranked, score
from benchmarks.judging.retrieval_sets import RetrievalSet, read_jsonl
from benchmarks.report import PROJECT
from chatbot.answering.gate import Calibration
from chatbot.config import Config
from chatbot.engine import load_chatbot
from chatbot.retrieval.embeddings import build_embedding, embed_query, embed_texts
from ingest.pipeline import run

OFF_TOPIC = (
    "오늘 서울 날씨는 어때?", "김치찌개 맛있게 끓이는 방법 알려줘", "가까운 주유소가 어디야?", "강아지 예방접종은 언제 해야 하나요?",
    "조선의 세 번째 왕은 누구인가?", "전세 계약을 해지하려면 어떻게 해야 하나요?", "축구 월드컵은 몇 년마다 열리나요?", "무릎이 아플 때 좋은 운동은?",
    "What is the capital of Portugal?", "How do I change a flat tyre?", "Who painted the Mona Lisa?",
    "What time does the supermarket close?", "How many calories are in a banana?", "When is the next train to Busan?",
    "Which vaccine does a newborn need?",
)  # fmt: skip


def check_glossary(folder: Path, calibration: Calibration, config: Config) -> None:
    """The tutorial's glossary: each term must be answered, questions about other things should be refused."""
    text = (folder / "seed/appendix-keywords.txt").read_text("utf-8")
    entries = re.split(r"\n\s*\n(?=[^\n:]+\n\s*\n정의)", text.strip())
    terms = [re.sub(r"\s*\(.*\)", "", entry.splitlines()[0]) for entry in entries]
    asked = [f"{term} 에 대해서 알려줄래?" for term in terms] + list(OFF_TOPIC)
    data = RetrievalSet("glossary", entries, asked, [frozenset()] * len(asked))
    model = build_embedding(config)
    dense = np.stack([embed_query(model, question) for question in asked]) @ embed_texts(model, entries).T
    lexical = bm25_scores(data)
    found = []
    for i, question in enumerate(asked):
        fused = ranked(dense[i], lexical[i])
        ranking, scores = list(fused), np.array(list(fused.values()))
        columns = dense[i][ranking], lexical[i][ranking], scores
        found.append(Search("glossary", question, i < len(terms), [entries[j] for j in ranking], *columns))
    cases = score(found, config)
    print(f"\nglossary: {len(terms)} terms, {len(OFF_TOPIC)} questions about other things")
    refused = np.array([is_refused(calibration, case) for case in cases])
    wrong = ", ".join(np.array(terms)[refused[: len(terms)]])
    print(
        f"  wrongly refused {refused[: len(terms)].sum()} ({wrong}), refused {refused[len(terms) :].sum()} others"
    )


def is_refused(calibration: Calibration, case: Case) -> bool:
    regression = calibration.for_question(case.features)
    return regression is not None and regression.probability(case.features) < regression.threshold


def check_samples(calibration: Calibration, config: Config) -> None:
    """The project's own documents, asked through the program; few candidates too."""
    questions = list(read_jsonl(PROJECT / "tests/data/questions.jsonl"))
    with tempfile.TemporaryDirectory() as folder:
        config = config.with_(store=Path(folder) / "store")
        run(config, [PROJECT / "data"])
        chatbot = load_chatbot(config)
        chatbot.__dict__["calibration"] = calibration  # in the place of the one that ships
        for rerank, k in ((True, K), (False, K), (True, 5)):
            refused = {True: 0, False: 0}
            wrong = []
            for question in questions:
                gate = chatbot.search(question["question"], rerank=rerank, k=k).gate
                refused[question["document"] is not None] += gate.refused
                if gate.refused and question["document"]:
                    wrong.append(f"{question['question']} ({gate.probability:.2f})")
            total = sum(question["document"] is not None for question in questions)
            print(
                f"samples, {'reranked' if rerank else 'not reranked'}, k {k}: wrongly refused {refused[True]} of {total},"
                f" refused {refused[False]} of {len(questions) - total} others; {'; '.join(wrong)}"
            )
        chatbot.store.close()
