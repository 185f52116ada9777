"""Parsers that wait with an upload for its turn: each of one piece of work, and no more than a few."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

from chatbot.ui.documents.work import Work
from ingest import kept_parser as parsers
from ingest.kept_parser import MOST, kept_parser
from ingest.report import IngestReport


def test_an_upload_has_its_parser_before_its_turn_and_keeps_it_for_all_of_them(tmp_path: Path) -> None:
    opened, pids = threading.Event(), []

    def wait(_: Work) -> IngestReport:
        opened.wait()
        return IngestReport()

    def part(work: Work) -> IngestReport:
        assert work.parser is not None
        pids.append(work.parser.pid)
        work.has_more = len(pids) < 3
        return IngestReport()

    gate = Work("upload", 1, tmp_path, wait, "gate")
    work = Work("upload", 3, tmp_path, part, "ann", with_parser=True)
    while work.parser is None or work.parser.pid is None:
        assert work.under_way
        threading.Event().wait(0.01)
    assert pids == []  # it still waits
    opened.set()
    gate.outcome()
    work.outcome()
    assert len(pids) == 3
    assert len(set(pids)) == 1
    assert work.parser.pid is None


def test_beyond_a_few_none_is_kept_and_each_is_its_own() -> None:
    with ExitStack() as stack:
        kept = [stack.enter_context(kept_parser()) for _ in range(MOST)]
        assert len({parser.pid for parser in kept if parser is not None}) == MOST
        assert stack.enter_context(kept_parser()) is None
    with kept_parser() as parser:
        assert parser is not None
    assert parsers._free.acquire(blocking=False)
    parsers._free.release()
