"""One JSON object a line on stderr, with the number of the request, and without what people asked or wrote.

A line holds what stands in the source: the template of a message, its numbers, the name of an error, where it came
from. What a name or a text was put into is left out, unless ``text`` is on; absolute paths unless ``paths`` is.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import sysconfig
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn.config

from chatbot.telemetry.seat import request_id

_OWN = ("chatbot", "ingest", "evaluation")
_ROOTS = (str(Path(__file__).parents[2]), sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"))
_PATH = re.compile(r"""(?<![\w.:/])(?:[A-Za-z]:[\\/]|/)[^\s"'<>|:,;)\]}]*[\\/][^\s"'<>|:,;)\]}]*""")
_FRAMES = 12  # of an error, the innermost ones
_LONGEST = 8_000  # characters of a message, where text is on
_HANDLER = "secondlook-json"


class JsonFormatter(logging.Formatter):
    """Args: ``text``: messages as they are; ``paths``: absolute ones, too."""

    def __init__(self, *, text: bool = False, paths: bool = False) -> None:
        super().__init__()
        self._text, self._paths = text, paths

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, Mapping):
            line |= {"event": str(record.msg).removesuffix(" %s"), **fields}
        else:
            line |= self._message(record)
        if request_id.get():
            line.setdefault("request_id", request_id.get())
        if record.exc_info and record.exc_info[1] is not None:
            line |= self._error(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)

    def _message(self, record: logging.LogRecord) -> dict[str, Any]:
        if self._text:
            return {"event": self._without_paths(record.getMessage()[:_LONGEST])}
        # another library's message without arguments may have been put together from anything
        is_template = bool(record.args) or record.name.partition(".")[0] in _OWN
        said: dict[str, Any] = {"event": str(record.msg)} if is_template else {"event": ""}
        arguments = record.args if isinstance(record.args, tuple) else ()
        if numbers := [arg for arg in arguments if isinstance(arg, int | float)]:
            said["numbers"] = numbers
        if not is_template:
            said["at"] = f"{record.module}:{record.lineno}"
        return said

    def _error(self, error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
        frames = traceback.extract_tb(trace)[-_FRAMES:]
        told: dict[str, Any] = {
            "error": type(error).__name__,
            "where": [f"{self._place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if self._text:
            told["said"] = self._without_paths(str(error)[:_LONGEST])
        return told

    def _place(self, file: str) -> str:
        if self._paths:
            return file
        for root in _ROOTS:
            if file.startswith(root):
                return Path(file).relative_to(root).as_posix()
        return Path(file).name

    def _without_paths(self, words: str) -> str:
        return words if self._paths else _PATH.sub("<path>", words)


def write_json_logs(*, text: bool = False, paths: bool = False) -> None:
    """From now on every logger of this process writes JSON on stderr, those of libraries from warnings on.

    May be called again, when a library has set up its own logging meanwhile.
    """
    root = logging.getLogger()
    for handler in list(root.handlers):
        if handler.name == _HANDLER or type(handler) is logging.StreamHandler:
            root.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.name = _HANDLER
    handler.setFormatter(JsonFormatter(text=text, paths=paths))
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in _OWN:
        logging.getLogger(name).setLevel(logging.INFO)
    for other in list(logging.root.manager.loggerDict.values()):
        if isinstance(other, logging.Logger) and other.handlers:
            other.handlers.clear()
            other.propagate = True
    # what the server will set up by itself: no handler of its own, whose first lines would come before this runs again
    uvicorn.config.LOGGING_CONFIG["loggers"] = {"uvicorn": {"level": "INFO"}}
    logging.captureWarnings(True)
    logging.getLogger("uvicorn.access").disabled = True  # addresses hold names, and what is searched for
