"""Terminal output of ``ingest`` and ``reindex``: the progress bar and the report."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from chatbot.text.invisible import clean_line
from ingest.report import IngestReport, Progress
from ingest.web.pages import uri_of

_MEASURABLE = 50  # chunks: a rate from fewer mostly measures the start


class IngestProgress:
    """Files, chunks, chunks per second and time left; pass it as ``on_progress``."""

    def __init__(self, console: Console) -> None:
        self._bar = Bar(
            TextColumn("{task.fields[current]}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("files · {task.fields[chunks]} chunks · {task.fields[rate]:.0f}/s"),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
            console=console, transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("ingest", total=None, current="reading", chunks=0, rate=0.0)

    def __enter__(self) -> IngestProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bar away."""
        self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        elapsed = self._bar.tasks[0].elapsed or 0.0
        self._bar.update(
            self._task, total=progress.files_total, completed=progress.files, chunks=progress.chunks,
            rate=progress.chunks / elapsed if elapsed else 0.0, current=escape(clean_line(progress.current)[-40:]),
        )  # fmt: skip


def print_ingest_report(console: Console, report: IngestReport) -> None:
    """Counts, then one line for every file that is not wholly in the index."""
    counts = {
        "indexed": report.indexed, "partial": report.partial, "unchanged": report.unchanged,
        "renamed": report.renamed, "removed": report.removed, "refused": report.refused,
        "overtaken": report.overtaken,
    }  # fmt: skip
    parts = [f"{len(results)} {name}" for name, results in counts.items() if results]
    embedded = report.chunks - report.reused
    rate = f", {embedded / report.seconds:.0f} chunks/s" if embedded >= _MEASURABLE else ""
    reused = f" ({report.reused} with a known embedding)" if report.reused else ""
    console.print(
        f"{' · '.join(parts) or 'nothing to do'} · {report.chunks} new chunks{reused} in {report.seconds:.1f} s{rate}"
    )
    for result in report.renamed:
        console.print(
            f"  renamed: {clean_line(result.was)} -> {clean_line(result.path)}", markup=False, soft_wrap=True
        )
    for note in report.notes:
        console.print(f"  {clean_line(note)}", markup=False, soft_wrap=True)
    for result in [*report.indexed, *report.partial]:
        if result.hidden_words:
            words = "1 word" if result.hidden_words == 1 else f"{result.hidden_words:,} words"
            console.print(
                f"  hidden: {clean_line(result.path)}: {words} that the original does not show were left out",
                markup=False,
                soft_wrap=True,
            )
    for name in ("partial", "refused", "overtaken"):
        for result in counts[name]:
            console.print(
                f"  {name}: {clean_line(result.path)}: {clean_line(result.reason)}",
                markup=False,
                soft_wrap=True,
            )


def is_named_and_refused(files: Iterable[Path], pages: Iterable[str], report: IngestReport) -> bool:
    """Whether a file or page was refused that was named itself: who names it wants it, whoever gives a folder does not know
    all that is in it."""
    refused = {result.path for result in report.refused}
    names = {unicodedata.normalize("NFC", file.resolve().name) for file in files if file.is_file()}
    return any(uri.rpartition("/")[2] in names for uri in refused) or any(
        uri_of(page) in refused for page in pages
    )
