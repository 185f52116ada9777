"""The gguf backend with a real 135M model on a real llama.cpp server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from chatbot.answering.writer import Evidence, Writer, Writing
from chatbot.config import LLMConfig, LLMLimits
from chatbot.errors import ConfigError, LLMError
from chatbot.llms import build_writer
from chatbot.llms.gguf import _servers
from chatbot.trace import Turn
from paths import ROOT

LIMITS = LLMLimits(first_token_s=110, idle_s=60, total_s=120)


def config(model: Path | str, **settings: Any) -> LLMConfig:
    return LLMConfig(backend="gguf", model=str(model), max_tokens=16, limits=LIMITS, **settings)


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:  # an orphan may stay a zombie where nothing reaps it
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return not Path("/proc").is_dir()


@pytest.fixture(scope="module")
def writer(smollm2: Path) -> Writer:
    return build_writer(config(smollm2))


@pytest.fixture
def evidence(make_source: Any) -> Evidence:
    return Evidence("What does Word2Vec do?", (make_source(1, "Word2Vec maps words to vectors."),))


def test_a_real_model_streams_an_answer_on_this_machine(writer: Writer, evidence: Evidence) -> None:
    pieces = list(writer.write(evidence))
    assert "".join(pieces).strip()
    assert len(pieces) > 1
    assert writer.remote is False
    assert writer.label.startswith("gguf · SmolLM2")


@pytest.mark.slow
def test_a_real_model_condenses(writer: Writer) -> None:
    assert writer.condense("Who made it?", [Turn("What is Word2Vec?", "A technique [1].")])


@pytest.mark.slow
def test_writers_of_one_file_share_a_server_and_a_dead_one_is_started_again(
    writer: Writer, smollm2: Path
) -> None:
    history = [Turn("What is it?", "A technique.")]
    second = build_writer(config(smollm2))
    servers = list(_servers.values())
    assert len(servers) == 1
    servers[0]._process.kill()
    servers[0]._process.wait()
    assert second.condense("Who?", history)
    assert writer.condense("Who?", history)
    assert len([server for server in _servers.values() if server.alive]) == 1


@pytest.mark.slow
def test_a_passage_is_fitted_by_the_models_own_count_of_tokens(smollm2: Path, make_source: Any) -> None:
    small: Any = build_writer(config(smollm2, options={"context": 512}))
    korean = make_source(
        1, "단어를 벡터로 바꾸는 기술이다. " * 60
    )  # 2.4 tokens a syllable in this vocabulary
    assert "".join(small.write(Evidence("Word2Vec?", (korean,)))).strip()


@pytest.mark.slow
def test_a_smaller_window_or_another_temperature_starts_no_second_server(
    writer: Writer, smollm2: Path, evidence: Evidence
) -> None:
    before = list(_servers.values())
    smaller = build_writer(config(smollm2, context_window=1024, temperature=1.2))
    writing = smaller.write(evidence)
    assert "".join(writing).strip()
    assert list(_servers.values()) == before
    assert isinstance(writing, Writing)
    assert writing.tokens is not None
    assert writing.tokens.exact
    assert 0 < writing.tokens.answer <= 16 < writing.tokens.prompt


def test_the_server_answers_only_to_its_own_program(writer: Any) -> None:
    url = writer.llm.api_base
    assert url.startswith("http://127.0.0.1:")
    reply = httpx.post(f"{url}/chat/completions", json={"messages": []}, trust_env=False)
    assert reply.status_code == 401


@pytest.mark.slow
def test_the_server_ends_when_its_program_is_killed(smollm2: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from chatbot.config import LLMConfig\n"
        "from chatbot.llms import build_writer\n"
        "from chatbot.llms.gguf import _servers\n"
        "writer = build_writer(LLMConfig(backend='gguf', model=sys.argv[1]))\n"
        "print(next(iter(_servers.values()))._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(smollm2)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    pid = int(done.stdout)
    for _ in range(500):
        if has_ended(pid):
            return
        time.sleep(0.02)
    pytest.fail("the server outlived its program")


def test_a_damaged_file_is_an_error_that_names_it(smollm2: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    with smollm2.open("rb") as whole:
        damaged.write_bytes(whole.read(3_000_000))
    with pytest.raises(LLMError, match=r"damaged\.gguf \(.*corrupted or incomplete.*llm\.model"):
        build_writer(config(str(damaged)))


@pytest.mark.parametrize(
    ("options", "message"),
    [({"thread": 2}, "thread is not an option.*context, threads"), ({"threads": 0}, "whole number")],
)
def test_a_wrong_option_is_named(smollm2: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_writer(config(smollm2, options=options))
