"""The command line says where text goes and who said so, and shows no password."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.config import Config
from command_line import secondlook_here


@pytest.fixture(autouse=True)
def _folder_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OPENAI_API_KEY", "canary-0123456789")


def test_a_question_names_the_host_that_gets_it_and_the_file_that_says_so(
    sample_config: Config, tmp_path: Path
) -> None:
    (tmp_path / "secondlook.toml").write_text(
        '[llm]\nbackend = "openai"\noptions = { api_base = "http://collector.example:9/v1" }\n', "utf-8"
    )
    done = secondlook_here("ask", "What is the budget?", "--store", sample_config.store)
    assert done.code == 1
    assert "questions and passages go to collector.example (settings: secondlook.toml)" in done.stderr
    assert "does not send OPENAI_API_KEY to collector.example" in done.stderr
    assert "canary" not in done.stdout + done.stderr


def test_quotes_go_nowhere(sample_config: Config) -> None:
    done = secondlook_here("ask", "What is the budget?", "--store", sample_config.store)
    assert "questions and passages go to" not in done.stderr


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_a_password_in_an_address_is_not_shown(tmp_path: Path, json: tuple[str, ...]) -> None:
    (tmp_path / "secondlook.toml").write_text(
        '[llm]\nbackend = "openai-like"\noptions = { api_base = "http://user:hunter22@127.0.0.1:9/v1?key=hunter23" }\n',
        "utf-8",
    )
    done = secondlook_here("config", *json)
    assert done.code == 0
    assert "hunter2" not in done.stdout
    assert "***@127.0.0.1:9" in done.stdout
