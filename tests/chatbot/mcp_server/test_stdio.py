"""``secondlook mcp`` in a process of its own, asked by the client of the SDK and by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from fakes.assistant import assistant_of, command, text_of
from fakes.llm_server import FakeLLMServer
from paths import ROOT

QUESTION = "How many days of annual leave do employees get?"
_NOISY = """
import os, sys
def shout():
    print("a library that prints")
    sys.stdout.write("and one that writes\\n")
    sys.__stdout__.write("and one that keeps\\n")
    os.write(1, b"and one below Python\\n")
import chatbot.mcp_server.tools.list_documents as home
listed = home.list_documents
def list_documents(call, given):
    shout()
    return listed(call, given)
home.list_documents = list_documents
sys.argv[0] = "secondlook"
from chatbot.cli import main
main()
"""


def _initialize() -> list[dict[str, Any]]:
    info = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    return [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": info},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
    ]


def _lines(*messages: dict[str, Any]) -> str:
    return "".join(json.dumps(message) + "\n" for message in messages)


@pytest.mark.slow
def test_a_question_is_answered_over_standard_input_and_output(sample_config: Config, tmp_path: Path) -> None:
    store = str(sample_config.store)
    with assistant_of(command("--store", store, folder=tmp_path)) as assistant:
        assert "search" in assistant.tools()
        found = assistant.call("search", query=QUESTION)
        answered, told = assistant.call_with_progress("ask", question=QUESTION)
        text = assistant.read(
            found.structured_content["candidates"][0]["document"].join(("secondlook://document/1/", ""))
        )
    assert found.structured_content["verdict"]["verdict"] == "strong"
    assert answered.structured_content["citations"]
    assert told
    assert "leave" in text.lower()


def test_nothing_but_the_protocol_is_on_standard_output_whatever_a_library_prints(
    sample_config: Config, tmp_path: Path
) -> None:
    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_documents"}}
    process = subprocess.Popen(
        [sys.executable, "-c", _NOISY, "mcp", "--store", str(sample_config.store)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(_lines(*_initialize()) + "this is no message\n" + _lines(call))
    process.stdin.flush()
    messages: list[dict[str, Any]] = []
    while not any(message.get("id") == 2 for message in messages):
        messages.append(json.loads(process.stdout.readline()))
    rest, errors = process.communicate(timeout=60)
    assert rest == ""
    assert process.returncode == 0
    result = next(message for message in messages if message.get("id") == 2)["result"]
    assert not result.get("isError"), result
    for printed in ("that prints", "that writes", "that keeps", "below Python"):
        assert printed in errors


def test_a_notebook_that_is_not_there_is_said_before_anything_is_served(
    sample_config: Config, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "chatbot", "mcp", "--store", str(sample_config.store), "--notebook", "nowhere"],
        capture_output=True, text=True, input="", cwd=tmp_path, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "no notebook 'nowhere'" in ended.stderr


def test_nothing_heavy_is_loaded_before_the_first_tool_is_called() -> None:
    script = "import sys, chatbot.mcp_server.stdio; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"torch", "transformers", "llama_index.core", "faiss", "streamlit"} & set(loaded)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_call_that_is_cancelled_stops_the_language_model(
    sample_config: Config, tmp_path: Path, fake_llm: FakeLLMServer, mode: Any
) -> None:
    fake_llm.fault = "endless"
    settings = tmp_path / "secondlook.toml"
    settings.write_text(
        f'[llm]\nbackend = "openai-like"\n[llm.options]\napi_base = "{fake_llm.url}"\n', "utf-8"
    )
    started = command("--store", str(sample_config.store), "--config", str(settings), folder=tmp_path)
    with assistant_of(started, mode) as assistant:
        assistant.call("list_documents", limit=1)  # loaded
        cancel = assistant.start("ask", question=QUESTION)
        while not fake_llm.requests:
            assert not fake_llm.disconnected.wait(0.05)
        cancel()
        assert fake_llm.disconnected.wait(30)
        assert not assistant.call("list_documents", limit=1).is_error  # and the server goes on
        assert "leave" in text_of(assistant.call("search", query=QUESTION)).lower()
