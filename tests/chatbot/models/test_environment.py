"""What child processes are told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chatbot.llms.gguf import GGUFServer
from chatbot.models.environment import bare, without_secrets

CANARY = "canary-0123456789"
SECRETS = (
    "OPENAI_API_KEY", "GEMINI_API_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "GOOGLE_APPLICATION_CREDENTIALS",
    "OPENAI_CUSTOM_HEADERS", "STREAMLIT_SERVER_COOKIE_SECRET",
)  # fmt: skip


def test_no_key_is_passed_on_and_what_a_library_needs_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    for passed in (bare(), without_secrets()):
        assert CANARY not in passed.values()
        assert passed["PATH"] == os.environ["PATH"]
        assert passed["OMP_NUM_THREADS"] == "2"
    assert "HTTPS_PROXY" not in bare()
    assert without_secrets()["HTTPS_PROXY"] == "http://proxy.example"


def test_the_process_that_reads_a_gguf_file_holds_no_key(
    monkeypatch: pytest.MonkeyPatch, smollm2: Path
) -> None:
    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    environment = Path("/proc/self/environ")
    if not environment.exists():
        pytest.skip("this system does not show a process's environment")
    for name in SECRETS:
        monkeypatch.setenv(name, CANARY)
    server = GGUFServer(smollm2, 1, 512, 60)
    try:
        told = Path(f"/proc/{server._process.pid}/environ").read_bytes()
    finally:
        server.stop()
    assert CANARY.encode() not in told
    assert b"PATH=" in told
