"""The parser process: ``python -m ingest.parsing.worker MEMORY_BYTES CPU_SECONDS`` answers requests on stdin.

Imports neither models nor the page: a test holds it to that. See ``cage.py`` for the other side.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from chatbot.errors import DocumentRefused
from ingest.parsing import parse
from ingest.parsing.wire import fault, pack_document, pack_refusal, receive, send

try:
    import resource
except ImportError:  # Windows: the time limit of the other side still holds
    resource = None  # type: ignore[assignment]


def main() -> None:
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(ValueError, OSError):  # macOS knows this limit but does not take it
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    send(answers, {"ready": True})
    while (request := receive(sys.stdin.buffer)) is not None:
        limit_cpu(seconds)
        send(answers, answer(Path(request["path"]), request["name"]))


def limit_cpu(seconds: int) -> None:
    """This many more seconds of processor time from now on; the limit counts a process's whole life."""
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(
            resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds + 1, resource.RLIM_INFINITY)
        )


def answer(path: Path, name: str | None) -> dict[str, Any]:
    try:
        document = parse(path, name)
        problem = fault(document)
        return {"crashed": f"the parser gave {problem}"} if problem else pack_document(document)
    except DocumentRefused as refusal:
        return pack_refusal(refusal)
    except MemoryError:
        return {"exhausted": True}
    except Exception:
        # a bug of ours or of a library on one hostile file must not stop the run
        return {"crashed": traceback.format_exc(limit=-8)}


if __name__ == "__main__":
    main()
