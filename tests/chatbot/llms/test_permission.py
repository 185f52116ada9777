"""Whose address a language model's is, and what of the owner's it gets: keys, the network, files."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config, LLMConfig, Owner, load_config
from chatbot.errors import ChatbotError, ConfigError
from chatbot.llms import build_writer
from chatbot.llms.needs import NEEDS
from chatbot.llms.permission import for_page, is_private
from chatbot.llms.server_models import server_models
from chatbot.llms.trial import try_backend
from fakes.llm_server import FakeLLMServer

CANARY = "canary-of-the-owner-0123456789"
KEYS = {
    "openai": "OPENAI_API_KEY", "openai-like": "OPENAI_LIKE_API_KEY", "anthropic": "ANTHROPIC_API_KEY",
    "google-genai": "GOOGLE_API_KEY", "ollama": "OLLAMA_API_KEY",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every key is there, and with them what some clients take from the environment by themselves."""
    for variable in (*KEYS.values(), "GEMINI_API_KEY"):
        monkeypatch.setenv(variable, f"{CANARY}-{variable}")
    monkeypatch.setenv("OPENAI_ORG_ID", CANARY)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Of-The-Owner: {CANARY}")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", f"X-Of-The-Owner: {CANARY}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def options_of(backend: str, url: str) -> dict[str, Any]:
    option = NEEDS[backend].url_option
    return {option: f"{url}/v1" if option == "api_base" else url}


def toml_of(backend: str, url: str) -> str:
    option, address = next(iter(options_of(backend, url).items()))
    return f'[llm]\nbackend = "{backend}"\noptions = {{ {option} = "{address}" }}\n'


def heard(fake: FakeLLMServer) -> str:
    return json.dumps(fake.requests)


def ask_everything(config: LLMConfig) -> None:
    """As the page and the command line do: a question, and which models there are."""
    try_backend(config)
    with suppress(ChatbotError):  # the fake lists none
        server_models(config)


@pytest.mark.parametrize("backend", KEYS)
def test_an_address_that_a_visitor_typed_gets_no_key(backend: str, fake_llm: FakeLLMServer) -> None:
    typed = LLMConfig(backend=backend, options=options_of(backend, fake_llm.origin), owner=Owner())
    ask_everything(typed)
    assert CANARY not in heard(fake_llm)


@pytest.mark.parametrize("backend", KEYS)
def test_a_file_that_lies_in_the_folder_sends_no_key_elsewhere(
    backend: str, fake_llm: FakeLLMServer, tmp_path: Path
) -> None:
    (tmp_path / "secondlook.toml").write_text(toml_of(backend, fake_llm.origin), "utf-8")
    config = load_config()
    assert config.llm.backend == backend
    ask_everything(config.llm)
    assert CANARY not in heard(fake_llm)
    if NEEDS[backend].keys:
        with pytest.raises(ConfigError, match="does not send .*_API_KEY to 127.0.0.1"):
            build_writer(config.llm)


@pytest.mark.parametrize("backend", KEYS)
def test_a_key_goes_to_the_address_in_the_owners_file_or_the_one_given(
    backend: str, fake_llm: FakeLLMServer, tmp_path: Path
) -> None:
    own = tmp_path / "home" / "secondlook" / "secondlook.toml"
    own.parent.mkdir(parents=True)
    own.write_text(toml_of(backend, fake_llm.origin), "utf-8")
    for config in (load_config(), load_config(own)):
        fake_llm.requests.clear()
        assert try_backend(config.llm).ok
        assert f"{CANARY}-{KEYS[backend]}" in heard(fake_llm)
        assert CANARY not in heard(fake_llm).replace(f"{CANARY}-{KEYS[backend]}", "").replace(
            f'": "{CANARY}"', ""
        )


def test_the_owners_address_for_one_backend_gets_no_key_of_another(fake_llm: FakeLLMServer) -> None:
    own = Owner(keyed=(f"openai-like {fake_llm.origin}",), addresses=(f"openai-like {fake_llm.origin}",))
    ask_everything(LLMConfig(backend="ollama", options={"base_url": fake_llm.origin}, owner=own))
    assert CANARY not in heard(fake_llm)


def test_a_folder_cannot_make_itself_the_owner(tmp_path: Path) -> None:
    (tmp_path / "secondlook.toml").write_text(
        '[llm.owner]\nkeyed = ["openai http://evil.example:80"]\n', "utf-8"
    )
    with pytest.raises(ConfigError, match="llm.owner"):
        load_config()
    (tmp_path / "secondlook.toml").write_text("[llm]\nallow_private = true\n", "utf-8")
    assert load_config().llm.owner == Owner(file="secondlook.toml")


def test_a_folders_file_stands_over_the_owners_and_another_backend_keeps_nothing_of_it(
    tmp_path: Path,
) -> None:
    own = tmp_path / "home" / "secondlook" / "secondlook.toml"
    own.parent.mkdir(parents=True)
    own.write_text(
        '[retrieval]\nk = 30\ntop_n = 4\n[llm]\nbackend = "openai-like"\nmodel = "m"\noptions = { api_base = "http://127.0.0.1:9/v1" }\n',
        "utf-8",
    )
    (tmp_path / "secondlook.toml").write_text('[retrieval]\nk = 40\n[llm]\nbackend = "ollama"\n', "utf-8")
    config = load_config()
    assert (config.retrieval.k, config.retrieval.top_n) == (40, 4)
    assert (config.llm.backend, config.llm.model, config.llm.options) == ("ollama", "", {})


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.5:8080", "http://169.254.169.254", "http://192.168.1.7:11434", "http://[fd00::1]:80",
        "http://[::ffff:10.0.0.5]", "http://0.0.0.0:80", "http://100.64.0.1", "http://[64:ff9b::a00:5]",
        "http://metadata.internal", "http://printer.local",
    ],
)  # fmt: skip
def test_an_address_inside_the_network_is_asked_only_if_the_owner_allows(url: str) -> None:
    typed = LLMConfig(backend="openai-like", options={"api_base": url}, owner=Owner())
    for ask in (build_writer, server_models):
        with pytest.raises(ConfigError, match="inside this network; set llm.allow_private"):
            ask(typed)
    build_writer(typed.model_copy(update={"owner": Owner(allow_private=True)}))
    build_writer(typed.model_copy(update={"owner": None}))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names that mean other addresses each time they are looked up, as an attacker's name server answers."""
    answers: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def looked_up(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name in answers:
            return real(
                answers[name].pop(0) if len(answers[name]) > 1 else answers[name][0], port, *more, **options
            )
        return real(host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return answers


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["1.1.1.1", "127.0.0.1"]])
def test_a_name_that_leads_into_the_network_now_or_only_when_it_is_connected_is_not_asked(
    names: dict[str, list[str]], answers: list[str], fake_llm: FakeLLMServer
) -> None:
    names["rebind.example"] = answers
    url = fake_llm.origin.replace("127.0.0.1", "rebind.example")
    typed = LLMConfig(backend="openai-like", options={"api_base": f"{url}/v1"}, owner=Owner())
    trial = try_backend(typed)
    assert not trial.ok
    assert "inside this network" in trial.reason
    with pytest.raises(ChatbotError, match="inside this network"):
        names["rebind.example"] = list(answers)
        server_models(typed)
    assert fake_llm.requests == []


def test_what_another_service_says_is_not_shown_unless_it_is_a_model_servers_error(
    fake_llm: FakeLLMServer,
) -> None:
    typed = LLMConfig(backend="openai-like", options={"api_base": fake_llm.url}, owner=Owner())
    fake_llm.fault = "html"
    reason = try_backend(typed).reason
    assert "not a chat stream" in reason
    assert "the server says" not in reason
    fake_llm.fault = 400
    assert "status 400" in try_backend(typed).reason


def test_on_a_shared_page_only_what_the_owner_listed_can_be_used(
    fake_llm: FakeLLMServer, tmp_path: Path
) -> None:
    config = Config.model_validate(
        {"llm": {"backend": "ollama", "model": "gemma3:4b"}, "sharing": {"backends": ["openai:gpt-5.4-mini"]}}
    )
    shared = for_page(config, is_shared=True).llm
    another = fake_llm.origin
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    refused = [
        {"backend": "ollama", "model": "gemma3:4b", "options": {"base_url": another}},
        {"backend": "ollama", "model": "another"},
        {"backend": "openai", "model": "gpt-5.4-pro"},
        {"backend": "openai", "model": "gpt-5.4-mini", "options": {"api_base": another}},
        {"backend": "openai-like", "options": {"api_base": another}},
        {"backend": "anthropic"},
        {"backend": "gguf", "model": str(tmp_path / "model.gguf")},
        {"backend": "gguf", "model": "/etc/nothing"},
    ]  # fmt: skip
    for change in refused:
        said = []
        for ask in (build_writer, server_models) if change["backend"] != "gguf" else (build_writer,):
            with pytest.raises(ConfigError, match="is not offered here") as error:
                ask(shared.model_copy(update={"model": "", "options": {}, **change}))
            said.append(str(error.value))
        assert str(tmp_path) not in "".join(said)
    build_writer(shared)
    build_writer(shared.model_copy(update={"backend": "extractive", "model": ""}))
    build_writer(shared.model_copy(update={"backend": "openai", "model": "gpt-5.4-mini"}))
    assert fake_llm.requests == []


def test_no_model_is_loaded_out_of_the_folder_of_uploads_not_even_by_a_link(tmp_path: Path) -> None:
    config = Config(store=tmp_path / "store")
    inside = tmp_path / "store" / "files" / "0123"
    inside.parent.mkdir(parents=True)
    inside.write_bytes(b"GGUF")
    (tmp_path / "link.gguf").symlink_to(inside)
    for path in (inside, tmp_path / "link.gguf", tmp_path / "store" / ".." / "store" / "files" / "0123"):
        own = for_page(config, is_shared=False).llm.model_copy(update={"backend": "gguf", "model": str(path)})
        with pytest.raises(ConfigError, match="uploaded files"):
            build_writer(own)
        assert NEEDS["gguf"].lacks(own) in ("lost_file", "package")


def test_addresses_of_the_public_internet_are_none_of_this_network() -> None:
    assert not any(map(is_private, ["1.1.1.1", "2606:4700::1111", "api.openai.com", "::ffff:8.8.8.8"]))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://a", "unix:///run/docker.sock", "http://", "http://a:x"]
)
def test_only_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(ConfigError, match="begins with http"):
        build_writer(LLMConfig(backend="openai-like", options={"api_base": url}, owner=Owner()))


def test_a_password_in_an_address_is_in_no_message(fake_llm: FakeLLMServer) -> None:
    url = fake_llm.url.replace("//", "//user:hunter22-of-the-owner@")
    fake_llm.fault = 404
    for owner in (Owner(), None):
        reason = try_backend(LLMConfig(backend="openai-like", options={"api_base": url}, owner=owner)).reason
        assert "no model 'default' at http://***@127.0.0.1" in reason
        assert "hunter22" not in reason
        assert b64encode(b"user:hunter22-of-the-owner").decode().rstrip("=") not in reason
