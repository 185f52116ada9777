"""Nothing leaves this machine: no connection and no look-up of a name, seen by the system and not by us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from fakes.page_server import running
from fakes.traced import attempts, calls, tracer
from paths import ROOT

ABROAD = ("http://evil.example", "https://share.streamlit.app", "http://192.0.2.1:80", "null")


def test_the_tracer_sees_what_leaves(tmp_path: Path) -> None:
    script = (
        "import socket\n"
        "for kind, address in ((socket.AF_INET, ('192.0.2.1', 9)), (socket.AF_INET, ('127.0.0.1', 53)), (socket.AF_INET, ('127.0.0.1', 9))):\n"
        "    socket.socket(kind, socket.SOCK_DGRAM).connect(address)\n"
    )
    log = tmp_path / "calls"
    subprocess.run([*tracer(log), sys.executable, "-c", script], check=True)
    assert calls(log) == 3
    assert len(attempts(log)) == 2


@pytest.mark.slow
def test_a_page_that_is_opened_and_knocked_at_from_elsewhere_reaches_for_nothing(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    with running(tmp_path, prefix=tracer(log)) as server:
        with server.visit() as visit:
            assert "Second Look" in visit.draw()
        for origin in ABROAD:
            with pytest.raises(InvalidStatus), server.visit(origin=origin):
                pass
            assert server.ask("/", headers={"Origin": origin}).status == 403
        assert server.ask("/", headers={"Host": "evil.example"}).status == 421
        with server.visit() as visit:
            assert "Second Look" in visit.draw()
    assert calls(log) > 0
    assert attempts(log) == []


@pytest.mark.slow
def test_files_are_read_and_a_question_is_answered_without_reaching_for_anything(tmp_path: Path) -> None:
    (tmp_path / "colour.txt").write_text("The test card is green. It was painted in 1997.\n", "utf-8")
    log = tmp_path / "calls"
    for number, command in enumerate((["ingest", "colour.txt"], ["ask", "What colour is the test card?"])):
        log = tmp_path / f"calls-{number}"
        done = subprocess.run(
            [*tracer(log), sys.executable, "-m", "chatbot", *command],
            cwd=tmp_path, capture_output=True, text=True, timeout=550, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert calls(log) >= 0
        assert attempts(log) == []
    assert "green" in done.stdout
