"""A real Ray cluster, in a network of its own: never on the machine's, for whoever reaches Ray runs programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from paths import ROOT, TESTS

Write = Callable[..., Path]
_LIMIT_S = 170
_SETTINGS = """
[embedding]
backend = "ngram"
model = "ngram"

[reranker]
token_vectors = "off"
"""
# an embedding model without weights, as others' packages bring theirs: every process of the cluster finds it
_PLUGIN = {
    "ngram_plugin.py": "from fakes.ngram_embedding import NgramEmbedding\n\n\ndef build(config):\n    return NgramEmbedding()\n",
    "ngram_plugin-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: ngram-plugin\nVersion: 1.0\n",
    "ngram_plugin-1.0.dist-info/entry_points.txt": "[secondlook.embeddings]\nngram = ngram_plugin:build\n",
}


@pytest.fixture
def alone() -> list[str]:
    """The command before a command that is to have a network of its own."""
    if find_spec("ray") is None:
        pytest.skip('Ray is not installed: pip install "secondlook[ray]"')
    before = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    try:
        subprocess.run([*before, "ip", "link", "set", "lo", "up"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no network of its own can be made here: {error}")
    return before


@pytest.fixture
def surroundings(tmp_path: Path, postgres: str) -> dict[str, str]:
    """The environment of every process."""
    del postgres  # is in os.environ
    plugin = tmp_path / "plugin"
    for name, text in _PLUGIN.items():
        file = plugin / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, TESTS, plugin)))}


@pytest.mark.slow
def test_three_nodes_of_which_one_is_lost_make_what_one_process_makes(
    alone: list[str], surroundings: dict[str, str], folder: Path, write: Write, tmp_path: Path
) -> None:
    for number in range(60):
        write(f"{number:02}.md", f"# {number}\n\nThe walrus sleeps by stone {number}. " * (3 + number % 9))
    write("empty.txt", "")
    write("copy.md", (folder / "00.md").read_bytes())
    settings = tmp_path / "settings.toml"
    settings.write_text(_SETTINGS)
    told: dict[str, Any] = json.loads(
        subprocess.run(
            [sys.executable, "-m", "benchmarks.storage.nodes", "--data", folder, "--kills", "6", "--config", settings],
            cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, check=True, timeout=_LIMIT_S,
        ).stdout
    )  # fmt: skip
    assert told["nodes_removed"] == 1
    killed = told["killed_before_a_commit"] + told["killed_after_a_commit"]
    assert killed > 0  # of six as many as came before the end
    assert (told["documents"], told["twice"], told["missing"], told["more"]) == (62, [], [], [])
    assert (told["different"], told["faults"]) == ([], [])
    assert told["least_cosine"] > 1 - 1e-5
    assert told["reports_are_equal"]
    assert told["outcomes"]["indexed"] == 61
    (note,) = told["notes"]
    assert note.endswith("workers ended too early; what they had was given to others")


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_one_sentence(
    alone: list[str], surroundings: dict[str, str], folder: Path, write: Write, tmp_path: Path
) -> None:
    write("a.md", "walrus")
    settings = tmp_path / "settings.toml"
    settings.write_text(
        f'[store]\nbackend = "postgres"\nschema = "no_cluster"\npath = "{tmp_path / "s"}"\n{_SETTINGS}'
    )
    done = subprocess.run(
        [*alone, sys.executable, "-m", "chatbot", "ingest", folder, "--executor", "ray", "--config", settings],
        cwd=tmp_path, env=surroundings | {"RAY_ADDRESS": "127.0.0.1:6379"}, capture_output=True, text=True,
        timeout=_LIMIT_S,
    )  # fmt: skip
    assert done.returncode != 0
    assert "the Ray cluster at 127.0.0.1:6379 cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
