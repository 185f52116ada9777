"""``secondlook ingest --watch``: stays and reports what each run did, until Ctrl-C or the end of the page."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from chatbot.cli import shared
from chatbot.cli.ingest_output import IngestProgress, print_ingest_report
from chatbot.config import Config
from chatbot.text.invisible import clean_line
from ingest.report import IngestReport
from ingest.watching.watch import Watcher


def watch_and_report(config: Config, paths: Sequence[Path], as_json: bool, until_stdin_closes: bool) -> None:
    """Bring the index up to date until it is stopped.

    Ctrl-C is the way to end it; within a run it is an interruption like that of any ingest.

    Args:
        as_json: print one JSON object on one line for each run.
        until_stdin_closes: also end when standard input does: whoever started this is gone.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if until_stdin_closes:
        threading.Thread(target=_end_with_stdin, name="stdin", daemon=True).start()
    reports = _Reports(as_json)
    watcher = Watcher(config, paths, reports.on_report, _say)
    try:
        with IngestProgress(shared.err) as progress:
            reports.progress = progress
            watcher.run(progress)
    except KeyboardInterrupt:
        if watcher.is_busy:
            raise


class _Reports:
    """The first report in full, the later ones in a line."""

    def __init__(self, as_json: bool) -> None:
        self.progress: IngestProgress | None = None
        self._as_json = as_json
        self._is_first = True

    def on_report(self, report: IngestReport) -> None:
        if self.progress is not None and self._is_first:
            self.progress.stop()
        if self._as_json:
            sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False) + "\n")
            sys.stdout.flush()
        elif self._is_first:
            print_ingest_report(shared.out, report)
        else:
            shared.out.print(
                f"{time.strftime('%H:%M:%S')}  {clean_line(report.summary())}", markup=False, soft_wrap=True
            )
        if self._is_first:
            _say("watching for changes (Ctrl-C stops it)")
        self._is_first = False


def _say(message: str) -> None:
    shared.err.print(clean_line(message), markup=False, soft_wrap=True)


def _end_with_stdin() -> None:
    while os.read(0, 1):  # nothing is ever sent
        pass
    os.kill(os.getpid(), signal.SIGTERM)
