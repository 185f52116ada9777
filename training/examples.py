"""Sources -> examples: a query, the passages that answer it, and passages known not to.

Everything is deterministic: shares and held-out articles are decided by hashes of names, never by order.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.judging.retrieval_sets import read_jsonl, titled
from training.sources import BY_NAME

CUT = 1000  # characters of a passage
HELD_OUT_ARTICLES = 0.3  # of tydiqa's, by title: the development set tydiqa


@dataclass(frozen=True, slots=True)
class Example:
    """``positives`` and ``negatives`` are ids of the corpus; more negatives come from mining."""

    source: str
    query: str
    positives: tuple[str, ...]
    negatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrainingData:
    """All examples, and the text of every passage by id; an id starts with its source's name and a bar."""

    corpus: dict[str, str]
    examples: list[Example]

    @property
    def sha256(self) -> str:
        """Of the content, in order: two runs with the same one saw the same data."""
        digest = hashlib.sha256()
        for part in (self.corpus, [(e.source, e.query, e.positives, e.negatives) for e in self.examples]):
            digest.update(json.dumps(part, ensure_ascii=False).encode())
        return digest.hexdigest()


def load_examples(folder: Path, distractors: float = 1.0, limit: int | None = None) -> TrainingData:
    """Every source of ``folder``, the shared data, in a fixed shuffled order.

    Args:
        distractors: share of the passages that are kept though no example's document holds them.
        limit: of the examples, in their order.
    """
    corpus: dict[str, str] = {}
    examples: list[Example] = []
    for new_corpus, new_examples in (_train_mix(folder), _epqa(folder), _parakqc(folder), _parallel(folder)):
        corpus |= new_corpus
        examples += new_examples
    used = [e for e in examples if portion(_document(e.positives[0])) < BY_NAME[e.source].share]
    used = sorted(used, key=lambda e: portion(f"order {e.source} {e.query}"))[:limit]
    needed = {_document(p) for e in used for p in e.positives}
    needed |= {_document(p) for e in used if e.source == "epqa" for p in e.negatives}
    corpus = {
        p: text
        for p, text in corpus.items()
        if _document(p) in needed or portion(f"distractor {p}") < distractors
    }
    return TrainingData(
        corpus,
        [replace(e, negatives=tuple(n for n in e.negatives if n in corpus)) for e in used],
    )


def _document(passage: str) -> str:
    """medquad's answers to one topic are ``topic-1``, ``topic-2``...: they are taken or left together."""
    return passage.rsplit("-", 1)[0] if passage.startswith("medquad|") else passage


def save_examples(data: TrainingData, file: Path) -> None:
    """One file that ``load_saved`` reads."""
    content = {"corpus": data.corpus, "examples": [asdict(e) for e in data.examples]}
    file.write_bytes(lzma.compress(json.dumps(content, ensure_ascii=False).encode(), preset=6))


def load_saved(file: Path) -> TrainingData:
    """What ``save_examples`` wrote; its ``sha256`` is the same."""
    content = json.loads(lzma.decompress(file.read_bytes()))
    rows = [
        Example(e["source"], e["query"], tuple(e["positives"]), tuple(e["negatives"]))
        for e in content["examples"]
    ]
    return TrainingData(content["corpus"], rows)


def joined(parts: Sequence[TrainingData]) -> TrainingData:
    """All passages and examples as one."""
    corpus = {p: text for part in parts for p, text in part.corpus.items()}
    return TrainingData(corpus, [example for part in parts for example in part.examples])


def portion(name: str) -> float:
    """A number in 0..1 that depends on ``name`` alone."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") / 2**48


def is_held_out(title: str) -> bool:
    """Whether an article of tydiqa belongs to the development set."""
    return portion(f"tydiqa {title.strip()}") < HELD_OUT_ARTICLES


Loaded = tuple[dict[str, str], list[Example]]


def _train_mix(folder: Path) -> Loaded:
    corpus, held_out = {}, set()
    for document in read_jsonl(folder / "train_mix/corpus.jsonl.gz"):
        source = document["_id"].split("|")[0]
        if source not in BY_NAME:
            continue
        if source == "tydiqa_goldp_ko" and is_held_out(document["title"]):
            held_out.add(document["_id"])
            continue
        corpus[document["_id"]] = titled(document)[:CUT]
    rows = [r for r in read_jsonl(folder / "train_mix/train.jsonl.gz") if r["source"] in BY_NAME]
    return corpus, [
        Example(row["source"], row["query"], tuple(row["pos"]), tuple(row["neg"]))
        for row in rows
        if not held_out.intersection(row["pos"])
    ]


def _epqa(folder: Path) -> Loaded:
    """Candidates graded 2 answer the question, 0 does not; 1 is left out."""
    corpus: dict[str, str] = {}
    graded: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in read_jsonl(folder / "extra_training/product_qa_en/epqa_dev.jsonl.gz"):
        # a candidate that is an answer to another customer carries that customer's question behind it
        text = f"{row['title']}\n\n{row['candidate'].split(' Question: ')[0].strip()}"[:CUT]
        key = f"epqa|{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        corpus[key] = text
        graded[row["question"]][row["label"]].append(key)
    return corpus, [
        Example("epqa", question, tuple(dict.fromkeys(by["2"])), tuple(dict.fromkeys(by["0"])))
        for question, by in graded.items()
        if by["2"] and set(by["0"]) - set(by["2"])
    ]


def _parakqc(folder: Path) -> Loaded:
    """Ten lines in a row word one request: the first asks, the next three are passages of one line."""
    texts = [row["text"] for row in read_jsonl(folder / "extra_training/pairs_ko/parakqc.jsonl.gz")]
    corpus: dict[str, str] = {}
    examples = []
    for start in range(0, len(texts) - 9, 10):
        answers = {f"parakqc|{start + i}": texts[start + i] for i in (1, 2, 3)}
        corpus |= answers
        examples.append(Example("parakqc", texts[start], tuple(answers)))
    return corpus, examples


def _parallel(folder: Path) -> Loaded:
    """A sentence asks for its translation; every other sentence changes sides."""
    corpus: dict[str, str] = {}
    examples = []
    for i, (korean, english) in enumerate(_sentences(folder / "extra_training/parallel_ko_en")):
        query, passage = (korean, english) if i % 2 else (english, korean)
        corpus[f"parallel_ko_en|{i}"] = passage
        examples.append(Example("parallel_ko_en", query, (f"parallel_ko_en|{i}",)))
    return corpus, examples


def _sentences(folder: Path) -> Iterator[tuple[str, str]]:
    seen = set()
    for file in sorted(folder.glob("news_*.jsonl.gz")):
        for row in read_jsonl(file):
            if len(row["en"]) > 40 and row["en"] not in seen:
                seen.add(row["en"])
                yield row["ko"], row["en"]
