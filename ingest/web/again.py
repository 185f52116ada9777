"""Documents read again because a person asks for it: files from where they are, web pages from their servers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from chatbot.config import Config
from ingest.pipeline import Ingest, ModelOnce, OnProgress
from ingest.report import IngestReport
from ingest.sync import Plan
from ingest.uploads import carry_out_kept, plan_reading, stopping
from ingest.web.pages import plan_page

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding


def read_again(
    config: Config,
    uris: Iterable[str],
    on_progress: OnProgress | None = None,
    embedding: BaseEmbedding | ModelOnce | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """Parse, split and embed these documents anew, whether or not their files have changed.

    A web page is asked for at its address, and read if its server sends something else than last time. A document
    whose file or page cannot be had stays as it was and is reported as refused, with the reason.
    """
    with Ingest(config, embedding, stopping(on_progress, should_stop)) as ingest:
        work = Plan()
        with ingest.store.reading() as view:
            rows = [row for uri in uris if (row := view.document(uri)) is not None]
            roots = view.roots()
        for row in rows:
            if should_stop():
                break
            if row.address:
                plan_page(row.address, row, config, ingest, work)
            else:
                plan_reading(row, roots, work)
        return carry_out_kept(ingest, work)
