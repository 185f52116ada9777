"""Where the page listens: on this machine, unless people sign in or somebody says that anyone may read."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from chatbot.errors import ConfigError
from chatbot.ui.resources import config_from
from chatbot.ui.server.sharing import check_bound
from fakes.page_server import PageServer, running
from paths import ROOT
from scripts.served_page import LAUNCHER


def started(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("address", ["0.0.0.0", pytest.param("::", marks=pytest.mark.slow)])
def test_beyond_this_machine_it_starts_only_with_a_sign_in_or_a_word_for_the_risk(
    tmp_path: Path, port: int, address: str
) -> None:
    done = started(tmp_path, "chatbot", "app", "--bind", address, "--port", str(port), "--no-browser")
    assert done.returncode != 0
    assert "everybody who reaches this machine could read the documents" in done.stderr
    assert "--anyone-may-read" in done.stderr
    with socket.create_server(("127.0.0.1", port)):  # nothing listens there
        pass


def test_an_address_of_another_machine_is_said_to_be_one(tmp_path: Path, port: int) -> None:
    done = started(tmp_path, "chatbot", "app", "--bind", "192.0.2.1", "--port", str(port), "--no-browser")
    assert done.returncode == 1
    assert "no address of this machine" in done.stderr


def test_whoever_lets_anyone_read_lets_nobody_choose_servers_or_files(tmp_path: Path) -> None:
    with running(tmp_path, "--address=0.0.0.0", "--anyone-may-read") as server, server.visit() as visit:
        assert "Second Look" in visit.draw()
        page = visit.draw("models")
        assert "Other people use this page, too" in page or "Quotes only" in page
        for field in ("address-openai-like", "model-gguf", "pull_model", "use-openai-like", "use-gguf"):
            assert field not in page, field


@pytest.mark.slow
def test_with_a_sign_in_it_listens_beyond_this_machine(tmp_path: Path) -> None:
    with running(tmp_path, "--address=0.0.0.0", sign_in=True) as server:
        with server.visit() as visit:
            assert "Sign in" in visit.draw()
        with server.visit("alice") as visit:
            visit.draw()
            page = visit.draw("models")
            assert "Quotes only" in page
            assert "address-openai-like" not in page


@pytest.mark.slow
def test_alone_on_this_machine_everything_can_be_chosen(page_server: PageServer) -> None:
    with page_server.visit() as visit:
        visit.draw()
        assert "use-openai-like" in visit.draw("models")


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this machine")
def test_the_other_loopback_address_is_this_machine_too(tmp_path: Path) -> None:
    check_bound("::1", anyone_may_read=False)
    check_bound("127.0.0.2", anyone_may_read=False)
    with pytest.raises(ConfigError):
        check_bound("fe80::1", anyone_may_read=False)


@pytest.mark.slow
def test_a_streamlit_that_listens_everywhere_is_shared(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[server]\naddress = ""\n', "utf-8")
    with (
        running(tmp_path, "--server.address=", command=LAUNCHER) as server,
        server.visit() as visit,
    ):
        visit.draw()
        assert "use-openai-like" not in visit.draw("models")


def test_a_listed_language_model_that_nobody_knows_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secondlook.toml").write_text('[sharing]\nbackends = ["opnai"]\n', "utf-8")
    with pytest.raises(ConfigError, match="opnai"):
        config_from([])
