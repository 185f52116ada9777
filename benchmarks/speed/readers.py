"""The programs whose speed is compared, each in a process of its own that can be ended: ``TimedReader(name).read(file)``.

python -m benchmarks.speed.readers NAME    answers each path on stdin with [processor seconds, characters]
"""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

Read = Callable[[Path], int]  # -> characters

UNREAD, UNFINISHED = "unread", "unfinished"


def ours(with_ocr: bool) -> Read:
    from ingest.parsing import parse

    if not with_ocr:
        _without_ocr()
    return lambda file: len(parse(file).text)


def _without_ocr() -> None:
    from ingest.parsing import detect, ocr
    from ingest.parsing.pdf import pdf

    for module in (ocr, detect, pdf):
        module.available = lambda: False  # type: ignore[attr-defined]


def raw_pdfium() -> Read:
    import pypdfium2 as pdfium

    def read(file: Path) -> int:
        document, characters = pdfium.PdfDocument(file), 0
        try:
            for page in document:
                text = page.get_textpage()
                characters += len(text.get_text_bounded())
                text.close()
                page.close()
        finally:
            document.close()
        return characters

    return read


def markitdown() -> Read:
    from markitdown import MarkItDown  # type: ignore[import-not-found]

    converter = MarkItDown(enable_plugins=False)
    return lambda file: len(converter.convert(str(file)).text_content)


READERS: dict[str, Callable[[], Read]] = {
    "ours": lambda: ours(with_ocr=True),
    "ours without OCR": lambda: ours(with_ocr=False),
    "raw pdfium": raw_pdfium,
    "markitdown": markitdown,
}


class TimedReader:
    """One program in a process of its own; the process is ended, and another started, when a file takes too long.

    ``libraries`` is a folder of packages that only this program sees (``pip install --target``).
    """

    def __init__(self, name: str, seconds: float, libraries: Path | None = None) -> None:
        self._command = [sys.executable, "-W", "ignore", "-m", __name__, name]
        self._seconds = seconds
        paths = [str(libraries) if libraries else "", os.environ.get("PYTHONPATH", "")]
        self._environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, file: Path) -> float | str:
        """Seconds of the processor; ``UNREAD`` for an error or no text, ``UNFINISHED`` after ``seconds`` of the clock."""
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(str(file)).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            self.close()
            return UNREAD
        if not select.select([process.stdout], [], [], self._seconds)[0]:
            self.close()
            return UNFINISHED
        answer = process.stdout.readline()
        if not answer:  # it died on this file
            self.close()
            return UNREAD
        seconds, characters = json.loads(answer)
        return float(seconds) if characters else UNREAD

    def _start(self) -> subprocess.Popen[bytes]:
        """Waits until the program is imported, so that no file pays for that."""
        process = subprocess.Popen(
            self._command, env=self._environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def main() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    read = READERS[sys.argv[1]]()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        start = time.process_time()
        try:
            characters = read(Path(json.loads(line)))
        except Exception:  # other programs raise what they like
            characters = 0
        print(json.dumps([time.process_time() - start, characters]), file=answers, flush=True)


if __name__ == "__main__":
    main()
