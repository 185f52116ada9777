"""Logs as JSON: the number of the request, and nothing that somebody asked, wrote or named."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatbot.telemetry import seat
from chatbot.telemetry.json_logs import JsonFormatter, write_json_logs

SECRET = "the merger with Contoso"
Log = Callable[[Callable[[logging.Logger], object]], dict[str, Any]]


def line_of(formatter: JsonFormatter, name: str, say: Callable[[logging.Logger], object]) -> dict[str, Any]:
    """What is written of what ``say`` logs."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    log = logging.Logger(name)
    log.addHandler(handler)
    say(log)
    (line,) = written.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def _fail() -> None:
    raise ValueError(f"cannot read {SECRET} in /home/kim/contracts.pdf")


def _log_failure(log: logging.Logger) -> None:
    try:
        _fail()
    except ValueError:
        log.exception("an answer failed")


def test_a_line_holds_the_template_and_the_numbers_and_no_text() -> None:
    line = line_of(
        JsonFormatter(),
        "ingest.x",
        lambda log: log.warning("%s of %d pages failed: %s", SECRET, 7, "/home/kim/a"),
    )
    assert (line["event"], line["numbers"], line["level"]) == ("%s of %d pages failed: %s", [7], "warning")
    assert SECRET not in str(line)
    assert "kim" not in str(line)
    assert line["time"].endswith("+00:00")


def test_what_another_library_put_together_is_told_by_its_place() -> None:
    line = line_of(JsonFormatter(), "somebody.else", lambda log: log.warning(f"cannot send {SECRET}"))
    assert line["event"] == ""
    assert line["at"].startswith("test_json_logs:")
    assert SECRET not in str(line)


def test_an_error_is_its_kind_and_the_places_it_came_from() -> None:
    line = line_of(JsonFormatter(), "chatbot.x", _log_failure)
    assert line["error"] == "ValueError"
    assert line["where"][-1].startswith("tests/chatbot/telemetry/test_json_logs.py:")
    assert SECRET not in str(line)
    assert not any(place.startswith("/") for place in line["where"])


def test_text_and_paths_are_each_switched_on_alone() -> None:
    with_text = line_of(JsonFormatter(text=True), "chatbot.x", _log_failure)
    assert SECRET in with_text["said"]
    assert "kim" not in with_text["said"]
    assert not any(place.startswith("/") for place in with_text["where"])
    with_paths = line_of(JsonFormatter(paths=True), "chatbot.x", _log_failure)
    assert Path(with_paths["where"][-1].partition(":")[0]).is_absolute()
    assert "said" not in with_paths


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("cannot open /home/kim/a b.pdf here", "cannot open <path> b.pdf here"),
        ("C:\\Users\\kim\\a.txt is gone", "<path> is gone"),
        ("see http://127.0.0.1:4318/v1/traces", "see http://127.0.0.1:4318/v1/traces"),
        ("1/2 of it, and/or nothing", "1/2 of it, and/or nothing"),
    ],
)
def test_absolute_paths_are_taken_out_and_addresses_are_not(said: str, shown: str) -> None:
    assert line_of(JsonFormatter(text=True), "chatbot.x", lambda log: log.warning(said))["event"] == shown


def test_lines_of_one_request_share_its_number() -> None:
    token = seat.request_id.set("r-1")
    try:
        line = line_of(JsonFormatter(), "chatbot.x", lambda log: log.warning("said"))
    finally:
        seat.request_id.reset(token)
    assert line["request_id"] == "r-1"
    assert "request_id" not in line_of(JsonFormatter(), "chatbot.x", lambda log: log.warning("said"))


def test_every_logger_of_the_process_writes_json(capsys: pytest.CaptureFixture[str]) -> None:
    library = logging.getLogger("a.library.with.its.own.handler")
    library.addHandler(logging.StreamHandler(io.StringIO()))
    library.propagate = False
    write_json_logs()
    write_json_logs()  # again, after a library has set up its own
    library.warning("took %d ms", 3)
    logging.getLogger("chatbot.x").info("one")
    logging.getLogger("a.library").info("not shown")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["logger"], line["event"]) for line in lines] == [
        ("a.library.with.its.own.handler", "took %d ms"),
        ("chatbot.x", "one"),
    ]
