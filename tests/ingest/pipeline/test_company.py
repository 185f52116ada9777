"""A run beside which others wait: it goes in small groups, ends between two of them, and does nothing in vain."""

from __future__ import annotations

from chatbot.config import Config
from fakes.ngram_embedding import NgramEmbedding
from index_reading import statuses
from ingest.pipeline import Company, one_run
from ingest.report import IngestReport
from ingest.sandbox.parser import ParserProcess
from ingest.uploads import upload

FILES = [(f"{number:03}.txt", f"Notice number {number}.".encode()) for number in range(60)]


def uploaded(config: Config, embedding: NgramEmbedding, *, waits: bool, comes_first: bool) -> IngestReport:
    company = Company(lambda: waits, lambda: comes_first)
    return upload(config, FILES, embedding=embedding, company=company)


def test_what_was_embedded_is_stored_before_others_have_their_turn(config: Config) -> None:
    embedding = NgramEmbedding()
    report = uploaded(config, embedding, waits=True, comes_first=True)
    assert len(report.indexed) == one_run._SMALL_GROUP
    assert len(statuses(config)) == len(embedding.texts) == one_run._SMALL_GROUP
    assert report.notes == []


def test_who_is_alone_goes_in_large_groups_to_the_end(config: Config) -> None:
    embedding = NgramEmbedding()
    assert len(uploaded(config, embedding, waits=False, comes_first=False).indexed) == len(FILES)


def test_a_parser_that_is_given_is_used_and_goes_on(config: Config) -> None:
    with ParserProcess() as parser:
        parser.protections()
        first = parser.pid
        for files in (FILES[:2], FILES[2:4]):
            assert len(upload(config, files, embedding=NgramEmbedding(), parser=parser).indexed) == 2
        assert parser.pid == first
    assert parser.pid is None
