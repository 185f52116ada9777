"""The MCP inspector, a client that nobody here wrote: ``npm install -g @modelcontextprotocol/inspector``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from paths import ROOT

pytestmark = pytest.mark.slow
QUESTION = "How many days of annual leave do employees get?"


def _inspected(config: Config, folder: Path, *arguments: str) -> Any:
    program = shutil.which("mcp-inspector")
    if program is None:
        pytest.skip("the MCP inspector is not installed")
    served = [sys.executable, "-m", "chatbot", "mcp", "--store", str(config.store)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [program, "--cli", "-e", f"PYTHONPATH={ROOT}", *served, *arguments],
        capture_output=True, text=True, cwd=folder, env=environment, check=False, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_it_lists_the_tools_and_resources(sample_config: Config, tmp_path: Path) -> None:
    tools = _inspected(sample_config, tmp_path, "--method", "tools/list")["tools"]
    assert {"search", "ask", "read_source"} <= {tool["name"] for tool in tools}
    assert _inspected(sample_config, tmp_path, "--method", "resources/list")["resources"]


def test_it_searches_with_numbers_as_numbers(sample_config: Config, tmp_path: Path) -> None:
    arguments = ["--tool-arg", f"query={QUESTION}", "--tool-arg", "top_n=2"]
    result = _inspected(
        sample_config, tmp_path, "--method", "tools/call", "--tool-name", "search", *arguments
    )
    assert not result.get("isError")
    assert sum(c["fate"] == "kept" for c in result["structuredContent"]["candidates"]) == 2
