"""``secondlook evaluate conversations`` that is ended: what was played is printed, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chatbot.config import Config
from fakes.llm_server import FakeLLMServer
from paths import ROOT

PATIENCE_S = 120.0
FIRST, SECOND, THIRD = "How long is parental leave?", "How long is bereavement leave?", "What is BM25?"
ASKED = {"first": [FIRST], "second": [SECOND, THIRD]}


@pytest.fixture
def command(
    sample_config: Config, models_cache: Path, fake_llm: FakeLLMServer, tmp_path: Path
) -> list[str | Path]:
    """Two conversations with the stand-in for a language model; it is not asked to translate."""
    settings, script = tmp_path / "settings.toml", tmp_path / "script.jsonl"
    settings.write_text(
        f"store = '{sample_config.store}'\nmodels_cache = '{models_cache}'\n[llm]\nbackend = 'openai-like'\n"
        f"model = 'small'\noptions = {{ api_base = '{fake_llm.url}' }}\n[retrieval]\nboth_languages = false\n",
        "utf-8",
    )
    turns = [
        {"name": name, "turns": [{"ask": ask, "kind": "look_up"} for ask in asked]}
        for name, asked in ASKED.items()
    ]
    script.write_text("".join(f"{json.dumps(turn)}\n" for turn in turns), "utf-8")
    options = ("--config", settings, "--json")
    return [sys.executable, "-P", "-m", "chatbot", "evaluate", "conversations", script, *options]


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_an_ended_run_prints_what_was_played_and_the_next_one_goes_on(
    command: list[str | Path], fake_llm: FakeLLMServer, tmp_path: Path, how: signal.Signals
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    fake_llm.reply = f"It is twenty weeks [1]. ({how.name})"
    fake_llm.faults = [None, None, "hang"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
    ) as process:
        assert process.stderr is not None
        told = process.stderr.readline()
        assert told.startswith("first: 1 of 1 turns as expected, "), told + process.stderr.read()
        while len(fake_llm.requests) < 3:
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(how)
        printed, rest = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, rest.strip()) == (130, "")
    part = json.loads(printed)
    assert (part["ended"], part["conversations"]) == ("interrupted", {"planned": 2, "done": 1, "resumed": 0})
    assert [turn["asked"] for turn in part["backends"][0]["turns"]] == [FIRST, SECOND]

    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=True)
    whole = json.loads(done.stdout)
    assert (whole["ended"], whole["conversations"]) == ("", {"planned": 2, "done": 2, "resumed": 2})
    assert [turn["asked"] for turn in whole["backends"][0]["turns"]] == [FIRST, SECOND, THIRD]
    assert done.stderr.startswith("second: 2 of 2 turns as expected, ")
    assert len(fake_llm.requests) == 4
    sent = fake_llm.requests[-1]["body"]["messages"]  # with the turn that was not asked again
    assert [m["content"] for m in sent if m["role"] == "assistant"] == [f"It is twenty weeks. ({how.name})"]
