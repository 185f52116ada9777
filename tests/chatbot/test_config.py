from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from chatbot.config import Config, load_config
from chatbot.errors import ConfigError


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config()
    assert (config.retrieval.k, config.retrieval.top_n, config.llm.backend) == (20, 3, "extractive")


def test_a_file_overrides_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "secondlook.toml"
    file.write_text('[retrieval]\nk = 10\n[llm]\nbackend = "ollama"\nmodel = "qwen3:8b"\n', "utf-8")
    config = load_config(file)
    assert (config.retrieval.k, config.retrieval.top_n, config.llm.model) == (10, 3, "qwen3:8b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[retrieval]\ntopn = 3\n", "retrieval.topn"),
        ("[retrieval]\nk = 2\n", "top_n must not be larger than k"),
        ("[splitter]\nchunk_size = 100\nchunk_overlap = 100\n", "smaller than chunk_size"),
        ("[retrieval\n", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_path_of_the_fault(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "secondlook.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=message):
        load_config(file)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="leave out --config"):
        load_config(tmp_path / "absent.toml")


def test_the_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Config().retrieval.k = 5  # type: ignore[misc]


def test_with_ignores_what_is_not_given_and_validates_the_rest() -> None:
    config = Config().with_(retrieval={"k": None, "top_n": 5}, store=Path("elsewhere"))
    assert (config.retrieval.k, config.retrieval.top_n, config.store) == (20, 5, Path("elsewhere"))
    with pytest.raises(ConfigError, match="settings: retrieval"):
        config.with_(retrieval={"k": 4, "top_n": 5})


def test_a_smaller_k_or_chunk_size_alone_takes_its_companion_down() -> None:
    config = Config().with_(retrieval={"k": 2}, splitter={"chunk_size": 100})
    assert (config.retrieval.top_n, config.splitter.chunk_overlap) == (2, 20)


@pytest.mark.parametrize(
    ("name", "backend", "model"),
    [
        ("ollama", "ollama", ""),
        ("ollama:qwen3:8b", "ollama", "qwen3:8b"),
        ("gguf:/models/a.gguf", "gguf", "/models/a.gguf"),
    ],
)
def test_an_llm_is_chosen_by_backend_and_model(name: str, backend: str, model: str) -> None:
    base = Config().with_(
        llm={"backend": "openai-like", "model": "x", "options": {"api_base": "http://localhost:1"}}
    )
    llm = base.with_llm(name).llm
    assert (llm.backend, llm.model, llm.options) == (backend, model, {})
    assert base.with_llm(None) is base


def test_a_tilde_means_the_home_folder() -> None:
    assert Config().with_(store=Path("~/index")).store == Path.home() / "index"
