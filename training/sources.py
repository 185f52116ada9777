"""What the reranker is trained on: every source with its licence, in the table that the model card prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One source of training examples.

    Attributes:
        name: as examples carry it; for rows of train_mix, their ``source``.
        content: what a query and its passage are.
        languages: of query and passage.
        licence: SPDX id, or the licence's own name.
        share: of its queries that are used, 0..1; less than 1 keeps one style from ruling the mix.
    """

    name: str
    content: str
    languages: str
    licence: str
    share: float = 1.0


SOURCES = (
    Source("squad1_dev", "questions on Wikipedia paragraphs, articles of squad1's train split", "en", "CC BY-SA 4.0"),
    Source("tydiqa_goldp_ko", "questions on Wikipedia passages, articles not held out", "ko", "Apache-2.0"),
    Source("kobest_boolq", "yes/no questions and claims on Wikipedia passages", "ko", "CC BY-SA 4.0"),
    Source("medquad", "health questions, answers of official sites", "en", "CC BY 4.0", share=0.4),
    Source("pubmedqa_labeled", "research questions, abstracts", "en", "MIT"),
    Source("epqa", "questions on products, graded answer candidates", "en", "CDLA-Sharing-1.0"),
    Source("parakqc", "requests and their paraphrases", "ko", "CC BY-SA 4.0", share=0.5),
    Source("parallel_ko_en", "news sentences and their translation, both ways", "ko-en", "CC BY-SA 3.0", share=0.3),
)  # fmt: skip
# of packaged manuals, unpacked and paired by training/manuals.py
MANUALS = (
    Source(
        "python_doc", "Python 3.11 manual: headings, descriptions of functions", "en", "PSF-2.0", share=0.3
    ),
    Source("postgresql_doc", "PostgreSQL 15 manual: headings", "en", "PostgreSQL", share=0.5),
    Source("apache_doc", "Apache HTTP Server 2.4 manual: headings", "en", "Apache-2.0", share=0.5),
    Source("apache_doc_ko", "Apache HTTP Server 2.4 manual: headings", "ko", "Apache-2.0"),
)
# korquad1_dev forbids derivatives; scifact's test set must stay unseen, and its train split shares the corpus
LEFT_OUT = ("korquad1_dev", "scifact")
BY_NAME = {source.name: source for source in (*SOURCES, *MANUALS)}


def licence_table() -> str:
    """Markdown rows of every source."""
    rows = "\n".join(
        f"| {s.name} | {s.content} | {s.languages} | {s.licence} | {s.share:.0%} |" for s in BY_NAME.values()
    )
    return f"| source | content | language | licence | used |\n|---|---|---|---|---|\n{rows}\n"
