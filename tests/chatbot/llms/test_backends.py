from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from chatbot.answering.writer import Evidence
from chatbot.config import LLMConfig, LLMLimits
from chatbot.errors import ConfigError, LLMError
from chatbot.llms import LLMS, BackendStatus, backend_statuses, build_writer
from chatbot.llms.needs import NEEDS, is_loopback
from paths import ROOT

CANARY = "canary-0123456789-never-show-this"
KEYS = ("OPENAI_API_KEY", "OPENAI_LIKE_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY")
VENDORS = ("openai", "openai-like", "anthropic", "google-genai", "ollama")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KEYS, "OLLAMA_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.setenv(name, CANARY)


def config_for(backend: str, server: Any, **settings: Any) -> LLMConfig:
    option = NEEDS[backend].url_option
    url = server.url if option == "api_base" else server.origin
    limits = LLMLimits(first_token_s=20, tries=1)
    return LLMConfig(backend=backend, options={option: url}, limits=limits, **settings)


def status(name: str, **settings: Any) -> BackendStatus:
    return next(s for s in backend_statuses(LLMConfig(**settings)) if s.name == name)


def test_all_seven_backends_are_known() -> None:
    assert set(LLMS) >= {"extractive", *VENDORS, "gguf"}


def test_an_unknown_backend_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"unknown llm backend 'gpt'; known: anthropic, extractive"):
        build_writer(LLMConfig(backend="gpt"))


@pytest.mark.parametrize("backend", VENDORS)
@pytest.mark.usefixtures("keys")
def test_every_vendors_class_streams_an_answer(backend: str, fake_llm: Any, make_source: Any) -> None:
    writer = build_writer(config_for(backend, fake_llm))
    evidence = Evidence("What is Word2Vec?", (make_source(1, "A technique."),))
    assert "".join(writer.write(evidence)) == fake_llm.reply
    assert writer.label == f"{backend} · {NEEDS[backend].model}"
    assert writer.remote is False  # the server is on loopback


@pytest.mark.parametrize("backend", VENDORS)
@pytest.mark.usefixtures("keys")
def test_every_vendors_answer_cut_at_its_length_shows_it(
    backend: str, fake_llm: Any, make_source: Any
) -> None:
    fake_llm.fault = "cut at length"
    answer = "".join(build_writer(config_for(backend, fake_llm)).write(Evidence("q", (make_source(1, "t"),))))
    assert answer.startswith("Word2Vec turns words")
    assert answer.endswith(" …")


@pytest.mark.parametrize("backend", VENDORS)
@pytest.mark.usefixtures("keys")
def test_every_vendors_lost_connection_is_an_error(backend: str, fake_llm: Any, make_source: Any) -> None:
    fake_llm.fault = "truncate"
    stream = build_writer(config_for(backend, fake_llm)).write(Evidence("q", (make_source(1, "t"),)))
    assert next(stream).startswith("Word2Vec")
    with pytest.raises(LLMError, match="broke off"):
        list(stream)


@pytest.mark.parametrize("backend", VENDORS)
@pytest.mark.parametrize("code", [400, 401, 404, 429, 500])
@pytest.mark.usefixtures("keys")
def test_a_key_is_in_no_message_repr_or_traceback_even_if_the_server_echoes_it(
    backend: str, code: int, fake_llm: Any, make_source: Any
) -> None:
    fake_llm.fault = code
    writer: Any = build_writer(config_for(backend, fake_llm))
    with pytest.raises(LLMError) as caught:
        list(writer.write(Evidence("q", (make_source(1, "t"),))))
    shown = (
        str(caught.value)
        + repr(writer)
        + repr(writer.llm)
        + "".join(traceback.format_exception(caught.value))
    )
    assert CANARY not in shown
    assert str(code) in shown or code == 404
    if code == 401:
        assert (NEEDS[backend].keys or (NEEDS[backend].optional_key,))[0] in str(caught.value)
    if code == 404:
        assert "llm.model" in str(caught.value)


def test_a_compatible_server_never_sees_the_openai_key(
    fake_llm: Any, make_source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    writer = build_writer(config_for("openai-like", fake_llm))
    list(writer.write(Evidence("q", (make_source(1, "t"),))))
    assert CANARY not in str(fake_llm.requests)
    monkeypatch.setenv("OPENAI_LIKE_API_KEY", "its-own-key")
    list(build_writer(config_for("openai-like", fake_llm)).write(Evidence("q", (make_source(1, "t"),))))
    assert fake_llm.requests[-1]["headers"]["Authorization"] == "Bearer its-own-key"


def test_no_other_variable_redirects_the_text(monkeypatch: pytest.MonkeyPatch, fake_llm: Any) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("OPENAI_API_BASE", fake_llm.url)
    writer: Any = build_writer(LLMConfig(backend="openai"))
    assert str(writer.llm._get_client().base_url) == "https://api.openai.com/v1/"
    assert writer.remote is True


@pytest.mark.parametrize(
    ("backend", "variable"),
    [("openai", "OPENAI_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY"), ("google-genai", "GOOGLE_API_KEY")],
)
def test_a_missing_key_is_named(backend: str, variable: str) -> None:
    with pytest.raises(ConfigError, match=f"llm backend '{backend}' needs an API key: .*{variable}"):
        build_writer(LLMConfig(backend=backend))
    assert not status(backend).usable
    assert variable in status(backend).reason


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.llms.ollama", None)
    message = "llm backend 'ollama' needs llama-index-llms-ollama: pip install 'secondlook[ollama]'"
    with pytest.raises(ConfigError) as caught:
        build_writer(LLMConfig(backend="ollama"))
    assert str(caught.value) == message
    assert not status("ollama").usable


def test_a_broken_package_is_not_reported_as_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "llama_index" / "llms" / "ollama"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("import a_library_that_is_not_there", "utf-8")
    monkeypatch.delitem(sys.modules, "llama_index.llms.ollama", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(LLMError, match=r"installed but does not load.*a_library_that_is_not_there"):
        build_writer(LLMConfig(backend="ollama"))


@pytest.mark.parametrize(
    ("backend", "options", "message"),
    [
        ("ollama", {"num_ctxx": 1}, "num_ctxx is not an option of backend 'ollama'"),
        ("openai", {"api_bas": "x"}, "api_bas is not an option"),
        ("openai", {"api_key": CANARY}, "set the environment variable OPENAI_API_KEY"),
        ("openai", {"timeout": 3}, "set llm.limits instead"),
        ("openai", {"reuse_client": False}, "reuse_client is not an option"),
        ("anthropic", {"max_retries": 3}, "set llm.limits.tries instead"),
        ("ollama", {"keep_alive": [1]}, "keep_alive"),
        ("openai-like", {}, r"needs the address of its server: set llm\.options\.api_base"),
        ("gguf", {}, r"set llm\.model to the path of a \.gguf file"),
    ],
)
@pytest.mark.usefixtures("keys")
def test_a_wrong_option_is_named(backend: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        build_writer(LLMConfig(backend=backend, options=options))
    assert CANARY not in str(caught.value)


@pytest.mark.usefixtures("keys")
def test_an_unknown_openai_model_is_refused_before_any_question() -> None:
    with pytest.raises(ConfigError, match="no-such-model"):
        build_writer(LLMConfig(backend="openai", model="no-such-model"))


def test_a_window_that_the_answer_fills_is_refused() -> None:
    options = {"api_base": "http://127.0.0.1:9/v1"}
    with pytest.raises(ConfigError, match=r"llm\.max_tokens \(512\).*llm\.context_window \(512\)"):
        build_writer(LLMConfig(backend="openai-like", options=options, context_window=512))


def test_a_refused_connection_names_the_address_and_its_setting(make_source: Any) -> None:
    options, limits = {"api_base": "http://127.0.0.1:9/v1"}, LLMLimits(tries=1)
    writer = build_writer(LLMConfig(backend="openai-like", options=options, limits=limits))
    with pytest.raises(LLMError, match=r"cannot reach http://127.0.0.1:9/v1; .* \(llm.options.api_base\)"):
        list(writer.write(Evidence("q", (make_source(1, "t"),))))


def test_ollamas_window_and_answer_length_reach_the_server(fake_llm: Any, make_source: Any) -> None:
    options = {"base_url": fake_llm.origin, "num_ctx": 4096}
    writer = build_writer(LLMConfig(backend="ollama", options=options, max_tokens=99))
    list(writer.write(Evidence("q", (make_source(1, "t"),))))
    sent = fake_llm.requests[-1]["body"]["options"]
    assert (sent["num_ctx"], sent["num_predict"]) == (4096, 99)


@pytest.mark.parametrize(
    ("settings", "remote"),
    [
        ({"backend": "extractive"}, False),
        ({"backend": "openai"}, True),
        ({"backend": "openai", "options": {"api_base": "http://localhost:1234/v1"}}, False),
        ({"backend": "openai-like", "options": {"api_base": "http://127.0.0.1:1/v1"}}, False),
        ({"backend": "openai-like", "options": {"api_base": "http://10.0.0.5:1/v1"}}, True),
        ({"backend": "openai-like", "options": {"api_base": "http://127.0.0.1.evil.com/v1"}}, True),
        ({"backend": "openai-like", "options": {"api_base": "http://127.0.0.1@evil.com/v1"}}, True),
        ({"backend": "anthropic"}, True),
        ({"backend": "google-genai"}, True),
        ({"backend": "ollama"}, False),
        ({"backend": "ollama", "model": "gpt-oss:120b-cloud"}, True),
        ({"backend": "gguf"}, False),
    ],
)
def test_remote_means_that_the_text_leaves_this_machine(settings: dict[str, Any], remote: bool) -> None:
    assert status(settings["backend"], **settings).remote is remote


@pytest.mark.parametrize("url", ["localhost:1", "http://[::1]:80/", "127.8.9.1", "http://LOCALHOST"])
def test_loopback_is_recognised_in_every_spelling(url: str) -> None:
    assert is_loopback(url)


def test_the_settings_of_one_backend_are_not_another_ones() -> None:
    listed = backend_statuses(LLMConfig(backend="gguf", model="/no/such.gguf"))
    assert "/no/such.gguf" in next(s for s in listed if s.name == "gguf").reason
    assert next(s for s in listed if s.name == "ollama").model == NEEDS["ollama"].model


def test_listing_the_backends_imports_no_vendor() -> None:
    code = (
        "import sys; from chatbot.llms import backend_statuses; from chatbot.config import LLMConfig;"
        "assert len(backend_statuses(LLMConfig())) >= 7;"
        "heavy = {'openai', 'anthropic', 'ollama', 'google.genai', 'xllamacpp', 'llama_index.core', 'torch', 'httpx'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_third_partys_llm_is_wrapped_and_counted_as_remote(make_source: Any) -> None:
    from llama_index.core.llms import MockLLM

    name = "test-mock"
    LLMS.register(name)(lambda config: MockLLM(max_tokens=config.max_tokens))
    try:
        writer = build_writer(LLMConfig(backend=name))
        assert writer.remote is True
        assert "".join(writer.write(Evidence("q", (make_source(1, "t"),)))).startswith("text text")
    finally:
        del LLMS._builders[name]
