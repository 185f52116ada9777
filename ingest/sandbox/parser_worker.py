"""The parser's worker: ``python -m ingest.sandbox.parser_worker MEMORY_BYTES CPU_SECONDS FILES`` answers requests on stdin.

Imports neither models nor the page: a test holds it to that. The program's side is ``parser.py``.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from chatbot.errors import DocumentRefused
from ingest.parsing.limits import fit_document
from ingest.parsing.ocr import ask_for_time
from ingest.parsing.parse import parse
from ingest.sandbox.wire import fault, pack_crash, pack_document, pack_refusal
from ingest.sandbox.worker import serve


def answer(request: dict[str, Any], file: Path) -> tuple[dict[str, Any], bytes]:
    """The document in ``file``, or why there is none; ``{"name": its name}`` is asked for."""
    try:
        document = fit_document(parse(file, request["name"]))
        if problem := fault(document):
            return pack_crash(f"the parser gave {problem}"), b""
        return pack_document(document)
    except DocumentRefused as refusal:
        return pack_refusal(refusal), b""
    except MemoryError:
        return {"exhausted": True, "last": True}, b""
    except Exception:
        # a bug of ours or of a library on one hostile file must not stop the run
        return pack_crash(traceback.format_exc(limit=-8)), b""


if __name__ == "__main__":
    serve(answer, ask_for_time)
