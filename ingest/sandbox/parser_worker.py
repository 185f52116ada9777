"""The parser process: ``python -m ingest.sandbox.parser_worker MEMORY_BYTES CPU_SECONDS`` answers requests on stdin.

Imports neither models nor the page: a test holds it to that. See ``cage.py`` for the other side.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

from chatbot.errors import DocumentRefused
from ingest.parsing.document import ParsedDocument
from ingest.parsing.limits import compact
from ingest.parsing.parse import parse
from ingest.sandbox.seccomp import confine, limit_cpu, peak_memory
from ingest.sandbox.wire import fault, pack_crash, pack_refusal, receive, send, send_document


def main() -> None:
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    send(answers, {"ready": list(confine(memory))})
    while (request := receive(sys.stdin.buffer)) is not None:
        limit_cpu(seconds)
        result = answer(Path(request["path"]), request["name"])
        # much memory once taken stays taken, and the next file would be refused for it: another process reads that
        more = {"last": True} if peak_memory() > memory // 3 else {}
        if isinstance(result, ParsedDocument):
            send_document(answers, result, **more)
        else:
            send(answers, result | more)
        del result  # or it would still be in memory while the next file is parsed


def answer(path: Path, name: str | None) -> ParsedDocument | dict[str, Any]:
    """The document, or why there is none."""
    try:
        document = compact(parse(path, name))
        problem = fault(document)
        return pack_crash(f"the parser gave {problem}") if problem else document
    except DocumentRefused as refusal:
        return pack_refusal(refusal)
    except MemoryError:
        return {"exhausted": True}
    except Exception:
        # a bug of ours or of a library on one hostile file must not stop the run
        return pack_crash(traceback.format_exc(limit=-8))


if __name__ == "__main__":
    main()
