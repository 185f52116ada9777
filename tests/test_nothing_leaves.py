"""Nothing leaves this machine: no connection and no look-up of a name, seen by the system and not by us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from mcp import StdioServerParameters
from websockets.exceptions import InvalidStatus

from chatbot.config import Config
from fakes import assistant
from fakes.page_server import running
from fakes.served_process import served
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


@pytest.mark.slow
def test_programs_are_answered_without_reaching_for_anything(sample_config: Config, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    with served(tmp_path, sample_config.store, prefix=tracer(log)) as server:
        asked = {"question": "How many days of annual leave are there?", "stream": False}
        assert httpx.post(f"{server.address}/api/ask", json=asked, timeout=120).json()["sources"]
        texts = {"query": "How many days?", "documents": ["25 days.", "Lunch is at noon."]}
        assert httpx.post(f"{server.address}/v1/rerank", json=texts, timeout=120).status_code == 200
        refused = httpx.post(
            f"{server.address}/api/documents", json={"address": "http://localhost:9/x"}, timeout=120
        )
        assert refused.json()["report"]["refused"]
    assert calls(log) > 0
    assert attempts(log) == []


@pytest.mark.slow
def test_an_assistant_is_answered_without_reaching_for_anything(
    sample_config: Config, tmp_path: Path
) -> None:
    log = tmp_path / "calls"
    asked = assistant.command("--store", str(sample_config.store), folder=tmp_path)
    first, *rest = [*tracer(log), asked.command, *asked.args]
    with assistant.assistant_of(
        StdioServerParameters(command=first, args=rest, env=asked.env, cwd=asked.cwd)
    ) as client:
        answered = client.call("ask", question="How many days of annual leave are there?")
        assert answered.structured_content["citations"]
    assert attempts(log) == []
